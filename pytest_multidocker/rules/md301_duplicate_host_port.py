"""MD301: a host port is mapped once."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register


@register(
    id="MD301",
    name="duplicate-host-port",
    severity="error",
    phase=REGISTER,
    source=ecs_api("PortMapping"),
    summary="Each host port is mapped once a protocol.",
    applies=lambda context: any(found.port_mappings for found in context.containers),
)
def duplicate_host_port(context: Context) -> Iterator[Problem]:
    """Yield each host port that an earlier mapping of the same protocol has."""
    first: dict[tuple[int, str], str] = {}
    for container in context.containers:
        for mapping in container.port_mappings:
            port, protocol = mapping.host_port, mapping.protocol
            if not port:
                continue
            if (port, protocol) in first:
                yield Problem(
                    f"{context.label(container)} maps {protocol.upper()} host port {port},"
                    f" which {first[port, protocol]} already has.",
                    f"{mapping.pointer}/hostPort",
                    fix="Choose another host port; the container port may stay.",
                    aws_text=f"{protocol.upper()} host port '{port}' is mapped multiple times"
                    " in task.",
                )
            first.setdefault((port, protocol), context.label(container))
