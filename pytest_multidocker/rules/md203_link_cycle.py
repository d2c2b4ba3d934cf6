"""MD203: links make no circle."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._graph import cycles
from ._model import REGISTER, Problem, ecs_api
from ._registry import register


@register(
    id="MD203",
    name="link-cycle",
    severity="error",
    phase=REGISTER,
    source=ecs_api("ContainerDefinition"),
    summary="Links make no circle, and no container links to itself.",
    applies=lambda context: any(context.linked()),
)
def link_cycle(context: Context) -> Iterator[Problem]:
    """Yield one problem a circle, at the link that closes it."""
    edges = [
        (container.name, link.name, link.pointer)
        for container in context.linked()
        for link in container.links
    ]
    for cycle in cycles(edges):
        path = " -> ".join(cycle.names)
        if len(cycle.names) == 2:  # noqa: PLR2004 - a name and the same name
            message = f"Container '{cycle.names[0]}' links to itself."
        else:
            message = f"The links {path} make a circle."
        yield Problem(
            message,
            cycle.pointer,
            fix="Delete one of the links; a link goes one way, from the caller to the called.",
            aws_text="Container links should not have a cycle",
        )
