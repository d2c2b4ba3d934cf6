"""MD202: links are written ``name`` or ``name:alias``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..dockerrun.shown import shown
from ._context import Context
from ._model import START, Problem, ecs_api
from ._registry import register

_MOST_PARTS = 2


@register(
    id="MD202",
    name="malformed-link",
    severity="error",
    phase=START,
    source=ecs_api("ContainerDefinition"),
    summary="Links are written name or name:alias.",
    applies=lambda context: any(context.linked()),
)
def malformed_link(context: Context) -> Iterator[Problem]:
    """Yield each link with an empty part or with more than two."""
    for container in context.linked():
        entries: list[Any] = context.raw(container)["links"]
        for index, entry in enumerate(entries):
            parts = entry.split(":") if isinstance(entry, str) else ["unread"]
            if len(parts) > _MOST_PARTS or not all(parts):
                yield Problem(
                    f"The link '{shown(entry)}' is neither a name nor name:alias.",
                    f"{container.pointer}/links/{index}",
                    fix="Write the other container's name, and an alias after one colon if needed.",
                    aws_text="invalid link format" if len(parts) > _MOST_PARTS else "",
                )
