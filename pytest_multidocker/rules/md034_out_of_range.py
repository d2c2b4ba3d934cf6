"""MD034: numbers are in the ranges that ECS takes."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun._parse import integer
from ..dockerrun.shapes import Node
from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register

_RANGES: dict[tuple[str, str], tuple[int, int | None]] = {
    ("HealthCheck", "interval"): (5, 300),
    ("HealthCheck", "timeout"): (2, 60),
    ("HealthCheck", "retries"): (1, 10),
    ("HealthCheck", "startPeriod"): (0, 300),
    ("ContainerRestartPolicy", "restartAttemptPeriod"): (60, 1800),
    ("LinuxParameters", "swappiness"): (0, 100),
    ("LinuxParameters", "maxSwap"): (0, None),
    ("LinuxParameters", "sharedMemorySize"): (0, None),
    ("ContainerDefinition", "cpu"): (0, None),
    ("ContainerDefinition", "memory"): (0, None),
    ("ContainerDefinition", "memoryReservation"): (0, None),
    ("ContainerDefinition", "startTimeout"): (0, None),
    ("ContainerDefinition", "stopTimeout"): (0, None),
    ("Tmpfs", "size"): (1, None),
}
"""By shape and member: the least and the most, as the member's page of the API reference says."""
_MOST_EXIT_CODES = 50


@register(
    id="MD034",
    name="out-of-range",
    severity="error",
    phase=REGISTER,
    source=ecs_api("HealthCheck"),
    summary="Numbers are in the ranges that ECS takes.",
)
def out_of_range(context: Context) -> Iterator[Problem]:
    """Yield each number that is below its least or above its most."""
    for node in context.nodes:
        yield from _too_many(node)
        least, most = _RANGES.get((node.owner, node.key), (None, None))
        value = integer(node.value)
        if least is None or value is None or node.pointer.rpartition("/")[2] != node.key:
            continue
        if value < least or (most is not None and value > most):
            limits = f"at least {least}" if most is None else f"between {least} and {most}"
            yield Problem(
                f"'{node.key}' must be {limits}, not {value}.",
                node.pointer,
                fix=f"Write a number that is {limits}.",
            )


def _too_many(node: Node) -> Iterator[Problem]:
    is_list = node.key == "ignoredExitCodes" and isinstance(node.value, list)
    if is_list and len(node.value) > _MOST_EXIT_CODES:
        yield Problem(
            f"'{node.key}' has {len(node.value)} entries; ECS takes at most {_MOST_EXIT_CODES}.",
            node.pointer,
            fix="Leave out those that do not occur.",
        )
