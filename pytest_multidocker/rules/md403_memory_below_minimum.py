"""MD403: no limit is below what Docker can set."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import RUNTIME, Problem, ecs_api
from ._registry import register

_MINIMUM = 6
"""MiB; moby's ``linuxMinMemory`` since Docker 20.10 (daemon/daemon_unix.go)."""
_REFUSAL = "CannotCreateContainerError: Error response from daemon: Minimum memory "


@register(
    id="MD403",
    name="memory-below-minimum",
    severity="error",
    phase=RUNTIME,
    source=ecs_api("ContainerDefinition"),
    summary="memory and memoryReservation are at least 6 MiB.",
    applies=lambda context: any(
        found.memory or found.memory_reservation for found in context.containers
    ),
)
def memory_below_minimum(context: Context) -> Iterator[Problem]:
    """Yield each limit and reservation that Docker refuses as too small."""
    for container in context.containers:
        amounts = {
            "memory": (container.memory, "limit"),
            "memoryReservation": (container.memory_reservation, "reservation"),
        }
        for key, (amount, what) in amounts.items():
            if amount and 0 < amount < _MINIMUM:
                yield Problem(
                    f"{context.label(container)} has {amount} MiB of {key};"
                    f" Docker takes no less than {_MINIMUM} MiB.",
                    f"{container.pointer}/{key}",
                    fix=f"Write {_MINIMUM} or more; the unit is MiB.",
                    aws_text=f"{_REFUSAL}{what} allowed is 6MB",
                )
