"""MD404: the containers fit into the instance's memory."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import START, Problem
from ._registry import register


@register(
    id="MD404",
    name="instance-memory",
    severity="error",
    phase=START,
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html",
    summary="The containers fit into the instance's memory.",
    applies=lambda context: context.options.instance is not None,
)
def instance_memory(context: Context) -> Iterator[Problem]:
    """Yield a problem where they do not."""
    instance = context.options.instance
    if instance is None or not context.containers:
        return
    asked = sum(found.memory_reservation or found.memory or 0 for found in context.containers)
    if asked > instance.available:
        yield Problem(
            f"The containers ask for {asked} MiB together; an instance of type {instance.name} has"
            f" about {instance.available} of its {instance.memory} MiB for tasks.",
            context.containers_pointer,
            fix="Lower memory, set a smaller memoryReservation, or choose a larger instance type.",
            aws_text="RESOURCE:MEMORY",
            at="key",
        )
