"""MD215: no container links to one that it waits to end."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._links import REFUSAL
from ._model import RUNTIME, Problem, ecs_api
from ._registry import register


@register(
    id="MD215",
    name="link-to-ended",
    severity="error",
    phase=RUNTIME,
    source=ecs_api("ContainerDependency"),
    summary="No container links to one that it waits to end.",
    applies=lambda context: any(found.depends_on for found in context.linked()),
)
def link_to_ended(context: Context) -> Iterator[Problem]:
    """Yield each link whose target has ended when the container is created."""
    for container in context.linked():
        ended = container.awaited_ends
        for link in container.links:
            if link.name in ended and link.name in context.by_name:
                yield Problem(
                    f"{context.label(container)} waits for {shown(link.name)} to end, and links to"
                    " it: Docker links to running containers only.",
                    link.pointer,
                    fix="Delete the link, or wait for START.",
                    aws_text=REFUSAL,
                )
