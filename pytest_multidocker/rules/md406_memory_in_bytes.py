"""MD406: memory counts in MiB."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import START, Problem, ecs_api
from ._registry import register

_IMPLAUSIBLE = 1_000_000


@register(
    id="MD406",
    name="memory-in-bytes",
    severity="warning",
    phase=START,
    source=ecs_api("ContainerDefinition"),
    summary="memory counts in MiB.",
    applies=lambda context: bool(context.containers),
)
def memory_in_bytes(context: Context) -> Iterator[Problem]:
    """Yield each amount that cannot be meant in MiB."""
    for container in context.containers:
        amounts = {"memory": container.memory, "memoryReservation": container.memory_reservation}
        for key, amount in amounts.items():
            if amount and amount >= _IMPLAUSIBLE:
                yield Problem(
                    f"{context.label(container)} asks for {amount} MiB of {key}, which is"
                    f" {amount // 1024} GiB.",
                    f"{container.pointer}/{key}",
                    fix="The unit is MiB: write 128 for 128 MiB.",
                    aws_text="RESOURCE:MEMORY",
                )
