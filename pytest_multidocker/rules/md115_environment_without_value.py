"""MD115: environment variables have their value in value."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import RUNTIME, Problem, ecs_api
from ._registry import register


@register(
    id="MD115",
    name="environment-without-value",
    severity="warning",
    phase=RUNTIME,
    source=ecs_api("KeyValuePair"),
    summary="Environment variables have their value in value.",
    applies=lambda context: any(found.environment for found in context.containers),
)
def environment_without_value(context: Context) -> Iterator[Problem]:
    """Yield each variable without a value, or with its value in its name."""
    for node in context.structures("KeyValuePair"):
        name = node.value.get("name")
        if not isinstance(name, str) or not name:
            continue
        if "=" in name:
            message = f"The name of the environment variable '{shown(name)}' has a = in it."
            fix = "Put what follows the = in value."
        elif context.lacks(node.pointer, "value"):
            message = f"The environment variable {shown(name)} has no value."
            fix = 'Add "value"; environment properties of Elastic Beanstalk need no entry here.'
        else:
            continue
        yield Problem(message, node.pointer, fix=fix, at="opening")
