"""MD211: links, dependsOn and volumesFrom together make no circle."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._graph import Edge, cycles
from ._model import START, Problem, ecs_api
from ._registry import register


@register(
    id="MD211",
    name="dependency-cycle",
    severity="error",
    phase=START,
    source=ecs_api("ContainerDependency"),
    summary="Links, dependsOn and volumesFrom together make no circle.",
    applies=lambda context: any(
        found.depends_on or found.volumes_from for found in context.containers
    ),
)
def dependency_cycle(context: Context) -> Iterator[Problem]:
    """Yield each circle but those of links alone, which are MD203's."""
    for cycle in cycles(_edges(context)):
        if all("/links/" in pointer for pointer in cycle.pointers):
            continue
        yield Problem(
            f"The order of starting {' -> '.join(cycle.names)} is a circle:"
            " each of these waits for the next.",
            cycle.pointer,
            fix="Delete one of the links, dependencies or volumesFrom.",
            aws_text="Task dependencies cannot be resolved",
        )


def _edges(context: Context) -> Iterator[Edge]:
    for container in context.containers:
        for link in container.links:
            yield container.name, link.name, link.pointer
        for dependency in container.depends_on:
            yield container.name, dependency.container_name, dependency.pointer
        for source in container.volumes_from:
            yield container.name, source.source_container, source.pointer
