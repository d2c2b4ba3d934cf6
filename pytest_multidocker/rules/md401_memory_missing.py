"""MD401: every container has a memory limit or reservation."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register

_KEYS = ("memory", "memoryReservation")


@register(
    id="MD401",
    name="memory-missing",
    severity="error",
    phase=REGISTER,
    source=ecs_api("ContainerDefinition"),
    summary="Every container has memory, memoryReservation or both, not zero.",
    applies=lambda context: bool(context.containers),
)
def memory_missing(context: Context) -> Iterator[Problem]:
    """Yield each container that has neither; a value that cannot be read is MD030's."""
    if context.is_request and context.value.get("memory"):
        return
    for container in context.containers:
        raw = context.raw(container)
        if all(
            raw.get(key) in (0, "0") or context.is_absent(container.pointer, key) for key in _KEYS
        ):
            yield context.at_container(
                container,
                f"{context.label(container)} has neither memory nor memoryReservation.",
                fix='Add "memory", the limit in MiB above which the container is killed.',
                aws_text=f"Invalid setting for container '{container.name}'. At least one of"
                " 'memory' or 'memoryReservation' must be specified.",
            )
