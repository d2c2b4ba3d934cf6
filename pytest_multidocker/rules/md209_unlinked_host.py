"""MD209: containers that environment variables name are linked."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._hosts import host_of, host_owner, reachable
from ._model import RUNTIME, Problem, ecs_api
from ._registry import register


@register(
    id="MD209",
    name="unlinked-host",
    severity="warning",
    phase=RUNTIME,
    source=ecs_api("ContainerDefinition"),
    summary="Containers that environment variables name are linked.",
    applies=lambda context: any(found.environment for found in context.containers),
)
def unlinked_host(context: Context) -> Iterator[Problem]:
    """Yield each variable whose host is a container without a link."""
    for container in context.containers:
        reached = reachable(context, container)
        others = {found.name for found in context.containers if found.name}
        others |= {found.hostname for found in context.containers if found.hostname}
        others -= {*reached, container.name}
        for index, (name, value) in enumerate(container.environment):
            host = host_of(name, value)
            if host in others:
                yield Problem(
                    f"{shown(name)} of {context.label(container)} names the container '{host}',"
                    " which it has no link to: the name will not resolve.",
                    f"{container.pointer}/environment/{index}/value",
                    fix=f'Add "{host_owner(context, host)}" to its links.',
                )
