"""MD103: no two containers have the same name."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register


@register(
    id="MD103",
    name="name-duplicate",
    severity="error",
    phase=REGISTER,
    source=ecs_api("ContainerDefinition"),
    summary="No two containers have the same name.",
    applies=lambda context: len(context.containers) > 1,
)
def name_duplicate(context: Context) -> Iterator[Problem]:
    """Yield each name that an earlier container has."""
    seen: dict[str, int] = {}
    for container in context.containers:
        pointer = f"{container.pointer}/name"
        if container.name and container.name in seen:
            yield Problem(
                f"Two containers are named '{shown(container.name)}';"
                f" the first stands in line {seen[container.name]}.",
                pointer,
                fix="Rename one of them, and the links to it.",
                aws_text="Container names must be unique within a Task Definition.",
            )
        seen.setdefault(container.name, context.document.span(pointer).line)
