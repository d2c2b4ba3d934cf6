"""MD302: ports are between 1 and 65535."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..dockerrun._parse import integer
from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register

_LARGEST = 65535


def _readable(value: Any) -> bool:
    """Whether the port is absent or a number; the rest is MD030's."""
    return value is None or integer(value) is not None


@register(
    id="MD302",
    name="port-invalid",
    severity="error",
    phase=REGISTER,
    source=ecs_api("PortMapping"),
    summary="Ports are between 1 and 65535.",
    applies=lambda context: any(found.port_mappings for found in context.containers),
)
def port_invalid(context: Context) -> Iterator[Problem]:
    """Yield each port that is none."""
    for container in context.containers:
        for mapping in container.port_mappings:
            raw = context.at(mapping.pointer)
            if not isinstance(raw, dict) or raw.get("containerPortRange"):
                continue
            if not 1 <= mapping.container_port <= _LARGEST and _readable(raw.get("containerPort")):
                given = "containerPort" in raw
                yield Problem(
                    f"{context.label(container)} maps no container port from 1 to {_LARGEST}.",
                    f"{mapping.pointer}/containerPort" if given else mapping.pointer,
                    fix='Write the port that the program listens on in "containerPort".',
                    aws_text=f"Invalid 'containerPort' setting for container '{container.name}'.",
                    at="value" if given else "opening",
                )
            if mapping.host_port is not None and not 0 <= mapping.host_port <= _LARGEST:
                yield Problem(
                    f"{context.label(container)} maps the host port {mapping.host_port}.",
                    f"{mapping.pointer}/hostPort",
                    fix=f"Write a port from 1 to {_LARGEST}; 0 takes any that is free.",
                )
