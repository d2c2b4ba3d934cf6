"""MD305: a container publishes a fixed host port."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import EB_V2, RUNTIME, Problem
from ._registry import register


@register(
    id="MD305",
    name="nothing-published",
    severity="warning",
    phase=RUNTIME,
    source=EB_V2,
    summary="A container publishes a fixed host port.",
    applies=lambda context: bool(context.containers),
)
def nothing_published(context: Context) -> Iterator[Problem]:
    """Yield a problem where nothing is published that a load balancer could know."""
    if not context.containers or context.is_request:
        return
    mappings = [each for found in context.containers for each in found.port_mappings]
    if any(mapping.host_port for mapping in mappings):
        return
    what = "only ports that change with every start" if mappings else "no port"
    yield Problem(
        f"The containers publish {what}: the load balancer reaches none of them.",
        context.containers_pointer,
        fix='Add "portMappings": [{"hostPort": 80, "containerPort": 80}] to the one in front.',
        at="key",
    )
