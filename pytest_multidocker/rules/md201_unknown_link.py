"""MD201: links name containers of the file."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import START, Problem, ecs_api
from ._registry import register
from .words import did_you_mean, listed, nearest


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
        others = [name for name in context.names if name != container.name]
        for link in container.links:
            if link.name and link.name not in context.names:
                yield Problem(
                    f"{context.label(container)} links to '{link.name[:60]}', which no container"
                    f" is named.{did_you_mean(link.name, others)}",
                    link.pointer,
                    fix=_fix(link.name, others),
                    aws_text=f"could not find container for link {link.name}",
                )


def _fix(name: str, others: list[str]) -> str:
    if found := nearest(name, others):
        return f"Write '{found}'."
    return f"Link to one of {listed(others)}." if others else "Delete the link."
