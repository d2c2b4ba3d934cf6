"""MD302: ports are between 1 and 65535."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..dockerrun import ContainerDefinition, PortMapping
from ..dockerrun._parse import integer
from ._context import Context
from ._model import REGISTER, SOURCE_BUNDLE, Problem, ecs_api
from ._registry import register

_LARGEST = 65535
_RANGE = re.compile(r"(\d{1,5})-(\d{1,5})\Z")
_FIX = f"Write a port from 1 to {_LARGEST}"


@register(
    id="MD302",
    name="port-invalid",
    severity="error",
    phase=REGISTER,
    source=ecs_api("PortMapping"),
    summary="Ports are between 1 and 65535.",
    applies=lambda context: (
        context.version == 1 or any(found.port_mappings for found in context.containers)
    ),
)
def port_invalid(context: Context) -> Iterator[Problem]:
    """Yield each port that is none."""
    for container in context.containers:
        for mapping in container.port_mappings:
            raw = context.at(mapping.pointer)
            if mapping.host_port is not None and not 0 <= mapping.host_port <= _LARGEST:
                yield Problem(
                    f"{context.label(container)} maps the host port {mapping.host_port}.",
                    f"{mapping.pointer}/hostPort",
                    fix=f"{_FIX}; 0 takes any that is free.",
                )
            if raw.get("containerPortRange"):
                yield from _of_range(context, container, mapping)
            else:
                yield from _of_container(context, container, mapping, raw)
    yield from _of_version_1(context)


def _of_container(
    context: Context, container: ContainerDefinition, mapping: PortMapping, raw: Mapping[str, Any]
) -> Iterator[Problem]:
    if not 1 <= mapping.container_port <= _LARGEST and _readable(raw.get("containerPort")):
        given = "containerPort" in raw
        yield Problem(
            f"{context.label(container)} maps no container port from 1 to {_LARGEST}.",
            f"{mapping.pointer}/containerPort" if given else mapping.pointer,
            fix='Write the port that the program listens on in "containerPort".',
            aws_text=f"Invalid 'containerPort' setting for container '{container.name}'.",
            at="value" if given else "opening",
        )


def _of_range(
    context: Context, container: ContainerDefinition, mapping: PortMapping
) -> Iterator[Problem]:
    found = _RANGE.match(mapping.container_port_range or "")
    if found is None or not 1 <= int(found[1]) < int(found[2]) <= _LARGEST:
        yield Problem(
            f"{context.label(container)} maps no range of container ports from 1 to {_LARGEST}.",
            f"{mapping.pointer}/containerPortRange",
            fix='Write the first port and the last, as in "8000-8010".',
        )


def _of_version_1(context: Context) -> Iterator[Problem]:
    ports = context.value.get("Ports") if context.version == 1 else None
    for index, entry in enumerate(ports if isinstance(ports, list) else ()):
        pointer = f"/Ports/{index}"
        if isinstance(entry, dict) and context.lacks(pointer, "ContainerPort"):
            yield Problem(
                "This port has no 'ContainerPort'.",
                pointer,
                fix='Write the port that the program listens on in "ContainerPort".',
                at="opening",
                phase=SOURCE_BUNDLE,
            )
        for key, value in entry.items() if isinstance(entry, dict) else ():
            port = integer(value) if key in {"ContainerPort", "HostPort"} else None
            if port is not None and not 1 <= port <= _LARGEST:
                yield Problem(
                    f"{port} is no port.", f"{pointer}/{key}", fix=f"{_FIX}.", phase=SOURCE_BUNDLE
                )


def _readable(value: Any) -> bool:
    """Whether the port is absent or a number; the rest is MD030's."""
    return value is None or integer(value) is not None
