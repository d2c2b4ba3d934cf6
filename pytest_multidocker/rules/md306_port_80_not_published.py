"""MD306: a container publishes host port 80."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import EB_V2, RUNTIME, Problem
from ._registry import register

_HTTP = 80


@register(
    id="MD306",
    name="port-80-not-published",
    severity="info",
    phase=RUNTIME,
    source=EB_V2,
    summary="A container publishes host port 80.",
    applies=lambda context: any(found.port_mappings for found in context.containers),
)
def port_80_not_published(context: Context) -> Iterator[Problem]:
    """Yield a problem where fixed ports are published and 80 is not one."""
    mappings = [each for found in context.containers for each in found.port_mappings]
    fixed = [mapping for mapping in mappings if mapping.host_port]
    if (
        fixed
        and not any(mapping.host_port == _HTTP for mapping in fixed)
        and not context.is_request
    ):
        yield Problem(
            f"No container publishes host port {_HTTP}, where the load balancer asks unless told"
            " otherwise.",
            f"{fixed[0].pointer}/hostPort",
            fix=f"Map host port {_HTTP}, or set InstancePort of the listener.",
        )
