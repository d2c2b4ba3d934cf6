"""MD213: containers that others wait for to be healthy have a health check."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register


@register(
    id="MD213",
    name="dependency-without-health-check",
    severity="error",
    phase=REGISTER,
    source=ecs_api("ContainerDependency"),
    summary="Containers that others wait for to be healthy have a health check.",
    applies=lambda context: any(found.depends_on for found in context.containers),
)
def dependency_without_health_check(context: Context) -> Iterator[Problem]:
    """Yield each wait for the health of a container without a health check."""
    for container in context.containers:
        for dependency in container.depends_on:
            target = context.by_name.get(dependency.container_name)
            if target and dependency.condition == "HEALTHY" and target.health_check is None:
                name = shown(target.name)
                yield Problem(
                    f"{context.label(container)} waits for '{name}' to be healthy,"
                    " which has no health check.",
                    f"{dependency.pointer}/condition",
                    fix=f"Add healthCheck to '{name}'; its image's own does not count.",
                    aws_text="A dependency container with HEALTHY condition must have health check"
                    " configured",
                )
