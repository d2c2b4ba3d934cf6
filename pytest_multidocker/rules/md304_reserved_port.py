"""MD304: no host port is one that the instance itself uses."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import START, Problem, ecs_api
from ._registry import register

_RESERVED = {
    22: "SSH",
    2375: "Docker",
    2376: "Docker",
    51678: "the ECS agent",
    51679: "the ECS agent",
    51680: "the ECS agent",
}
"""TCP ports; source: the hostPort member of the API reference."""


@register(
    id="MD304",
    name="reserved-port",
    severity="error",
    phase=START,
    source=ecs_api("PortMapping"),
    summary="No host port is one that the instance itself uses.",
    applies=lambda context: any(found.port_mappings for found in context.containers),
)
def reserved_port(context: Context) -> Iterator[Problem]:
    """Yield each host port that is taken on every instance."""
    for container in context.containers:
        for mapping in container.port_mappings:
            user = _RESERVED.get(mapping.host_port or 0)
            if user and mapping.protocol == "tcp":
                yield Problem(
                    f"{context.label(container)} maps host port {mapping.host_port},"
                    f" which {user} uses.",
                    f"{mapping.pointer}/hostPort",
                    fix="Choose another host port; the container port may stay.",
                    aws_text="RESOURCE:PORTS",
                )
