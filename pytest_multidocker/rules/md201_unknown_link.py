"""MD201: links name containers of the file."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import START, Problem, ecs_api
from ._registry import register
from .words import listed


@register(
    id="MD201",
    name="unknown-link",
    severity="error",
    phase=START,
    source=ecs_api("ContainerDefinition"),
    summary="Links name containers of the same file.",
    applies=lambda context: any(context.linked()),
)
def unknown_link(context: Context) -> Iterator[Problem]:
    """Yield each link whose target is not defined."""
    for container in context.linked():
        others = context.names_but(container)
        for link in container.links:
            if link.name and link.name not in context.by_name:
                yield Problem(
                    f"{context.label(container)} links to '{shown(link.name)}', which no container"
                    f" is named.{context.hints.did_you_mean(link.name, others)}",
                    link.pointer,
                    fix=_fix(context.hints.nearest(link.name, others), others),
                    aws_text=f"could not find container for link {link.name}",
                )


def _fix(meant: str, others: tuple[str, ...]) -> str:
    if meant:
        return f"Write '{meant}'."
    return f"Link to one of {listed(others)}." if others else "Delete the link."
