"""MD108: environment variables have a name, and a value."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import RUNTIME, Problem, ecs_api
from ._registry import register


@register(
    id="MD108",
    name="environment-incomplete",
    severity="error",
    phase=RUNTIME,
    source=ecs_api("KeyValuePair"),
    summary="Environment variables have a name, and a value.",
    applies=lambda context: any(found.environment for found in context.containers),
)
def environment_incomplete(context: Context) -> Iterator[Problem]:
    """Yield each variable without a name, without a value, or with both in the name."""
    for node in context.nodes:
        if node.owner != "KeyValuePair" or not isinstance(node.value, dict):
            continue
        name = node.value.get("name")
        if name in (None, ""):
            message, fix = "This environment variable has no name.", 'Add "name".'
        elif isinstance(name, str) and ("=" in name or "\0" in name):
            message, fix = (
                f"The variable name '{name[:60]}' has a = in it.",
                "Put the value in value.",
            )
        elif node.value.get("value") is None:
            message = f"The environment variable {str(name)[:60]} has no value."
            fix = 'Add "value"; the environment properties of Elastic Beanstalk need no entry here.'
        else:
            continue
        yield Problem(message, node.pointer, fix=fix, at="opening")
