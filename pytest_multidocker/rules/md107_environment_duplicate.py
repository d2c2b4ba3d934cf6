"""MD107: a container sets each environment variable once."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import RUNTIME, Problem, ecs_api
from ._registry import register


@register(
    id="MD107",
    name="environment-duplicate",
    severity="warning",
    phase=RUNTIME,
    source=ecs_api("KeyValuePair"),
    summary="A container sets each environment variable once.",
    applies=lambda context: any(found.environment for found in context.containers),
)
def environment_duplicate(context: Context) -> Iterator[Problem]:
    """Yield each variable that the container has already set."""
    for container in context.containers:
        seen: set[str] = set()
        for index, (name, _) in enumerate(container.environment):
            if name and name in seen:
                yield Problem(
                    f"{context.label(container)} sets {shown(name)} twice; the last value counts.",
                    f"{container.pointer}/environment/{index}",
                    fix="Delete one of the two.",
                )
            seen.add(name)
