"""MD303: protocols are spelt as ECS spells them."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import RUNTIME, Problem, ecs_api
from ._registry import register


@register(
    id="MD303",
    name="protocol-unknown",
    severity="warning",
    phase=RUNTIME,
    source=ecs_api("PortMapping"),
    summary="The protocol of a port is tcp or udp.",
    applies=lambda context: any(found.port_mappings for found in context.containers),
)
def protocol_unknown(context: Context) -> Iterator[Problem]:
    """Yield each protocol that ECS takes for TCP though another one may be meant."""
    for container in context.containers:
        for mapping in container.port_mappings:
            given = context.at(mapping.pointer).get("protocol")
            if isinstance(given, str) and given != "udp" and given.lower() != "tcp":
                yield Problem(
                    f"ECS takes the protocol '{shown(given)}' for tcp.",
                    f"{mapping.pointer}/protocol",
                    fix="Write udp." if given.lower() == "udp" else "Write tcp or udp.",
                )
