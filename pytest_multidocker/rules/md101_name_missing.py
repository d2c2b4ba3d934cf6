"""MD101: every container has a name."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register


@register(
    id="MD101",
    name="name-missing",
    severity="error",
    phase=REGISTER,
    source=ecs_api("ContainerDefinition"),
    summary="Every container has a name.",
    applies=lambda context: bool(context.containers),
)
def name_missing(context: Context) -> Iterator[Problem]:
    """Yield each container whose name is absent, ``null`` or empty."""
    for container in context.containers:
        if not container.name and context.is_blank(container.pointer, "name"):
            yield context.at_container(
                container,
                f"{context.label(container)} has no name.",
                fix='Add "name", which links and log files call it by.',
                aws_text="Container.name should not be null or empty.",
            )
