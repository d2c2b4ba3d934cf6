"""MD032: objects have the members that ECS requires."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register

_OTHERS = {"Image1", "Port1", "Volume1", "UpperAuthentication", "LowerAuthentication"}


@register(
    id="MD032",
    name="missing-member",
    severity="error",
    phase=REGISTER,
    source=ecs_api("RegisterTaskDefinition"),
    summary="Objects have the members that ECS requires.",
)
def missing_member(context: Context) -> Iterator[Problem]:
    """Yield each required member that an object lacks."""
    for node in context.nodes:
        if node.shape["type"] != "structure" or not isinstance(node.value, dict):
            continue
        if node.owner.startswith(("Dockerrun", "Register")) or node.owner in _OTHERS:
            continue
        for key in node.shape["required"]:
            if context.lacks(node.pointer, key):
                yield Problem(
                    f"'{key}' is missing in this entry of '{node.key}'.",
                    node.pointer,
                    fix=f'Add "{key}".',
                    at="opening",
                )
