"""MD212: containers that others wait for to end are not essential."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register


@register(
    id="MD212",
    name="dependency-on-essential",
    severity="error",
    phase=REGISTER,
    source=ecs_api("ContainerDependency"),
    summary="Containers that others wait for to end are not essential.",
    applies=lambda context: any(found.depends_on for found in context.containers),
)
def dependency_on_essential(context: Context) -> Iterator[Problem]:
    """Yield each wait for the end of an essential container."""
    for container in context.containers:
        for dependency in container.depends_on:
            target = context.by_name.get(dependency.container_name)
            if target and target.essential and dependency.is_of_end:
                yield Problem(
                    f"{context.label(container)} waits for '{shown(target.name)}' to end, which is"
                    " essential: its end stops the task.",
                    f"{dependency.pointer}/condition",
                    fix=f"Set essential to false for '{shown(target.name)}', or wait for START.",
                    aws_text="A dependency container with SUCCESS or COMPLETE condition cannot be"
                    " an essential container",
                )
