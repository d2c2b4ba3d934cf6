"""MD402: memoryReservation is not above memory."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register


@register(
    id="MD402",
    name="reservation-above-memory",
    severity="error",
    phase=REGISTER,
    source=ecs_api("ContainerDefinition"),
    summary="memoryReservation is not above memory.",
    applies=lambda context: any(found.memory_reservation for found in context.containers),
)
def reservation_above_memory(context: Context) -> Iterator[Problem]:
    """Yield each container that reserves more than its limit."""
    for container in context.containers:
        limit, reserved = container.memory, container.memory_reservation
        if limit and reserved and reserved > limit:
            yield Problem(
                f"{context.label(container)} reserves {reserved} MiB and may use at most"
                f" {limit} MiB.",
                f"{container.pointer}/memoryReservation",
                fix=f"Lower memoryReservation to {limit} or less, or raise memory.",
                aws_text=f"Invalid setting for container '{container.name}'. 'memory' must be"
                " greater than or equal to 'memoryReservation'.",
            )
