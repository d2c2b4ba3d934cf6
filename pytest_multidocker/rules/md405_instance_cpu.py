"""MD405: the containers fit into the instance's CPU units."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import START, Problem, ecs_api
from ._registry import register


@register(
    id="MD405",
    name="instance-cpu",
    severity="error",
    phase=START,
    source=ecs_api("ContainerDefinition"),
    summary="The containers fit into the instance's CPU units.",
    applies=lambda context: context.options.instance is not None,
)
def instance_cpu(context: Context) -> Iterator[Problem]:
    """Yield a problem where they do not."""
    instance = context.options.instance
    if instance is None or not context.containers:
        return
    asked = sum(found.cpu for found in context.containers)
    if asked > instance.cpu:
        yield Problem(
            f"The containers ask for {asked} CPU units together; an instance of type"
            f" {instance.name} has {instance.cpu}.",
            context.containers_pointer,
            fix="Lower cpu, or choose a larger instance type; a core is 1024 units.",
            aws_text="RESOURCE:CPU",
            at="key",
        )
