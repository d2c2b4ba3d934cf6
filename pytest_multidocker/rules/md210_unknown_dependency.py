"""MD210: dependsOn names containers of the file."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register
from .words import listed


@register(
    id="MD210",
    name="unknown-dependency",
    severity="error",
    phase=REGISTER,
    source=ecs_api("ContainerDependency"),
    summary="dependsOn names containers of the same file.",
    applies=lambda context: any(found.depends_on for found in context.containers),
)
def unknown_dependency(context: Context) -> Iterator[Problem]:
    """Yield each dependency whose container is not defined."""
    for container in context.containers:
        others = context.names_but(container)
        for dependency in container.depends_on:
            name = dependency.container_name
            if name and name not in context.by_name:
                yield Problem(
                    f"{context.label(container)} depends on '{shown(name)}', which no container"
                    f" is named.{context.hints.did_you_mean(name, others)}",
                    f"{dependency.pointer}/containerName",
                    fix=f"Depend on {listed(others)}." if others else "Delete the dependency.",
                    aws_text=f"Cannot depend on container + '{name}' because it does not exist",
                )
