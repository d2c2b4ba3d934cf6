"""Docker's view of a container, read as the agent reads it.

Source: ``agent/dockerclient/dockerapi/docker_client.go:MetadataFromContainer`` and
``ecs-agent/api/ecs/client/ecs_client.go`` of amazon-ecs-agent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

from ..ecs.events import Died, PortBinding

KILLED = 137
"""The exit code of a process that SIGKILL has ended."""

_NEVER = "0001-01-01"


def bindings(inspected: Mapping[str, Any]) -> tuple[PortBinding, ...]:
    """Return the published ports; those on IPv6 are left out, as the agent does by default."""
    return tuple(_bindings(inspected))


def _bindings(inspected: Mapping[str, Any]) -> Iterator[PortBinding]:
    ports = inspected["NetworkSettings"].get("Ports") or {}
    for port, hosts in sorted(ports.items()):
        number, _, protocol = port.partition("/")
        for host in hosts or ():
            if ":" not in host["HostIp"]:
                yield PortBinding(int(number), int(host["HostPort"]), protocol, host["HostIp"])


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
