"""Docker's view of a container, read as the agent reads it.

Source: ``agent/dockerclient/dockerapi/docker_client.go:MetadataFromContainer`` and
``ecs-agent/api/ecs/client/ecs_client.go`` of amazon-ecs-agent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from ..dockerrun.model import PortMapping
from ..ecs.events import Died, PortBinding

KILLED = 137
"""The exit code of a process that SIGKILL has ended."""

_NEVER = "0001-01-01"


def bridge_address(inspected: Mapping[str, Any]) -> str:
    """Return a container's address on the default bridge; "" if it has none.

    Docker Engine 29 and later give it among the networks alone.
    """
    networks = inspected["NetworkSettings"].get("Networks") or {}
    return str((networks.get("bridge") or {}).get("IPAddress") or "")


def bindings(
    inspected: Mapping[str, Any], mappings: Sequence[PortMapping] = ()
) -> tuple[PortBinding, ...]:
    """Return the published ports; those on IPv6 are left out, as the agent does by default.

    What one of ``mappings`` has declared as a range is one binding.
    """
    found = list(_bindings(inspected))
    for mapping in mappings:
        if mapping.container_port_range is not None:
            found = _consolidated(found, mapping, mapping.container_port_range)
    return tuple(found)


def _bindings(inspected: Mapping[str, Any]) -> Iterator[PortBinding]:
    ports = inspected["NetworkSettings"].get("Ports") or {}
    for port, hosts in sorted(ports.items()):
        number, _, protocol = port.partition("/")
        for host in hosts or ():
            if ":" not in host["HostIp"]:
                yield PortBinding(int(number), int(host["HostPort"]), protocol, host["HostIp"])


def _consolidated(
    found: Iterable[PortBinding], mapping: PortMapping, container_range: str
) -> list[PortBinding]:
    """Return the bindings with those of one range of ports in the place of the range's first."""
    one: list[PortBinding] = []
    rest: list[PortBinding] = []
    for each in found:
        inside = each.container_port in mapping.container_ports
        (one if inside and each.protocol == mapping.protocol else rest).append(each)
    if not one:
        return rest
    ends = min(b.host_port for b in one), max(b.host_port for b in one)
    first = replace(
        min(one, key=lambda binding: binding.container_port),
        container_port_range=container_range,
        host_port_range=f"{ends[0]}-{ends[1]}",
    )
    return [*rest, first]


def is_dead(inspected: Mapping[str, Any]) -> bool:
    """Tell whether the container has run and does not any more."""
    state = inspected["State"]
    return not state["Running"] and not state["FinishedAt"].startswith(_NEVER)


def died(container: str, inspected: Mapping[str, Any], at: float) -> Died:
    """Return the end of a container; ``at`` is its time where Docker knows of none.

    One that never ran, or still runs whatever Docker said, has no exit code.
    """
    state = inspected["State"]
    ended = is_dead(inspected)
    return Died(
        container,
        seconds(state["FinishedAt"]) if ended else at,
        exit_code=state["ExitCode"] if ended else None,
        oom_killed=state["OOMKilled"],
        error=state["Error"],
    )


def is_by_sigkill(inspected: Mapping[str, Any]) -> bool:
    """Tell whether the container was killed, and not, as far as Docker knows, for its memory."""
    state = inspected["State"]
    return bool(state["ExitCode"] == KILLED and not state["OOMKilled"])


def health(inspected: Mapping[str, Any]) -> str | None:
    """Return HEALTHY or UNHEALTHY; ``None`` where there is no check, or no result of it yet."""
    word = str((inspected["State"].get("Health") or {}).get("Status", "")).upper()
    return word if word in {"HEALTHY", "UNHEALTHY"} else None


def seconds(timestamp: str) -> float:
    """Return Docker's timestamp (RFC 3339, nanoseconds) as seconds since the epoch."""
    date, _, fraction = timestamp.rstrip("Z").partition(".")
    whole = datetime.strptime(date, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    return whole.timestamp() + float(f"0.{fraction or 0}")
