"""MD108: environment variables have a name."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import RUNTIME, Problem, ecs_api
from ._registry import register


@register(
    id="MD108",
    name="environment-without-name",
    severity="error",
    phase=RUNTIME,
    source=ecs_api("KeyValuePair"),
    summary="Environment variables have a name.",
    applies=lambda context: any(found.environment for found in context.containers),
)
def environment_without_name(context: Context) -> Iterator[Problem]:
    """Yield each variable without a name."""
    for node in context.structures("KeyValuePair"):
        if node.value.get("name") == "" or context.lacks(node.pointer, "name"):
            value = node.value.get("value")
            shown = value if isinstance(value, str) else ""
            yield Problem(
                "This environment variable has no name.",
                node.pointer,
                fix='Add "name", or delete the entry.',
                aws_text="CannotCreateContainerError: Error response from daemon: invalid"
                f" environment variable: ={shown}",
                at="opening",
            )
