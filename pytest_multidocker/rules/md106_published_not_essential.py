"""MD106: the only container that publishes ports is essential."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import RUNTIME, Problem, ecs_api
from ._registry import register


@register(
    id="MD106",
    name="published-not-essential",
    severity="warning",
    phase=RUNTIME,
    source=ecs_api("ContainerDefinition"),
    summary="The only container that publishes ports is essential.",
    applies=lambda context: bool(context.containers),
)
def published_not_essential(context: Context) -> Iterator[Problem]:
    """Yield a problem where the way in may die alone."""
    published = [found for found in context.containers if found.port_mappings]
    others_are = any(found.essential for found in context.containers)
    if len(published) == 1 and not published[0].essential and others_are:
        yield Problem(
            f"{context.label(published[0])} is the only container that publishes a port, and is not"
            " essential: if it exits, the task runs on and nobody reaches it.",
            f"{published[0].pointer}/essential",
            fix="Delete the key; containers are essential unless they say otherwise.",
        )
