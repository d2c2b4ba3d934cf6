"""MD308: host ports are below the ephemeral range."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import RUNTIME, Problem, ecs_api
from ._registry import register

_FIRST, _LAST = 32768, 65535


@register(
    id="MD308",
    name="ephemeral-port",
    severity="warning",
    phase=RUNTIME,
    source=ecs_api("PortMapping"),
    summary="Host ports are below the ephemeral range.",
    applies=lambda context: any(found.port_mappings for found in context.containers),
)
def ephemeral_port(context: Context) -> Iterator[Problem]:
    """Yield each fixed host port of that range."""
    for container in context.containers:
        for mapping in container.port_mappings:
            port = mapping.host_port or 0
            if _FIRST <= port <= _LAST:
                yield Problem(
                    f"{context.label(container)} maps host port {port}, which the system may give"
                    " to any outgoing connection.",
                    f"{mapping.pointer}/hostPort",
                    fix=f"Choose a host port below {_FIRST}.",
                )
