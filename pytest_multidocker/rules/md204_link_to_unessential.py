"""MD204: links lead to containers whose exit stops the task."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._links import REFUSAL
from ._model import RUNTIME, Problem, ecs_api
from ._registry import register


@register(
    id="MD204",
    name="link-to-unessential",
    severity="info",
    phase=RUNTIME,
    source=ecs_api("ContainerDefinition"),
    summary="Links lead to containers whose exit stops the task.",
    applies=lambda context: any(context.linked()),
)
def link_to_unessential(context: Context) -> Iterator[Problem]:
    """Yield each link to a container that may die alone."""
    for container in context.linked():
        for link in container.links:
            target = context.by_name.get(link.name)
            if link.name in container.awaited_ends:  # MD215's
                continue
            if target is not None and target is not container and not target.essential:
                yield Problem(
                    f"{context.label(container)} links to '{shown(link.name)}', which is not"
                    " essential: where that exits before this starts, this cannot start.",
                    link.pointer,
                    fix="Make sure that it stays up while its own services are not there yet.",
                    aws_text=REFUSAL,
                )
