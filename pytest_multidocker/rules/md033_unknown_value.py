"""MD033: values come from the lists that ECS has."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register
from .words import did_you_mean, listed


@register(
    id="MD033",
    name="unknown-value",
    severity="error",
    phase=REGISTER,
    source=ecs_api("RegisterTaskDefinition"),
    summary="Values come from the lists that ECS has.",
)
def unknown_value(context: Context) -> Iterator[Problem]:
    """Yield each value that is not in its list."""
    for node in context.nodes:
        known = node.shape.get("enum")
        if known and isinstance(node.value, str) and node.value not in known:
            yield Problem(
                f"'{node.key}' cannot be '{node.value[:60]}'.{did_you_mean(node.value, known)}",
                node.pointer,
                fix=f"Write one of {listed(known)}.",
            )
