"""MD033: values come from the lists that ECS has."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register
from .words import listed


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
        if node.key == "protocol":  # MD303's
            continue
        if known and isinstance(node.value, str) and node.value not in known:
            hint = context.hints.did_you_mean(node.value, tuple(known))
            yield Problem(
                f"'{node.key}' cannot be '{shown(node.value)}'.{hint}",
                node.pointer,
                fix=f"Write one of {listed(known)}.",
            )
