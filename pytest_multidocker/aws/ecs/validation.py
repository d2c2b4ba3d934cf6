"""What RegisterTaskDefinition refuses beyond what a Dockerrun file can say.

Source: `RegisterTaskDefinition
<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html>`_,
`PortMapping <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html>`_ and
`ContainerRestartPolicy
<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerRestartPolicy.html>`_. Only
the words for the network mode host are known to be the service's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ...dockerrun import ContainerDefinition, parse_containers

_PERIODS = range(60, 1801)
_MODES = {"pidMode": ("host", "task"), "ipcMode": ("host", "task", "none")}


def problems(
    containers: list[dict[str, Any]],
    *,
    network_mode: str | None = None,
    pid_mode: str | None = None,
    ipc_mode: str | None = None,
) -> Iterator[str]:
    """Yield what is wrong with a task definition; the first is what the service answers."""
    for member, mode in (("pidMode", pid_mode), ("ipcMode", ipc_mode)):
        if mode is not None and mode not in _MODES[member]:
            yield f"{member} must be one of {', '.join(_MODES[member])}, but was {mode}."
    parsed = parse_containers(containers)
    if network_mode in {"host", "none"}:
        yield from _port_problems(parsed, network_mode)
    for container in parsed:
        policy = container.restart_policy
        if policy is not None and policy.restart_attempt_period not in _PERIODS:
            yield (
                f"restartAttemptPeriod of container {container.name} must be between "
                f"{_PERIODS[0]} and {_PERIODS[-1]} seconds."
            )


def _port_problems(containers: Iterable[ContainerDefinition], network_mode: str) -> Iterator[str]:
    mappings = [mapping for container in containers for mapping in container.port_mappings]
    if network_mode == "none" and mappings:
        yield "Port mappings are not supported when networkMode=none."
    if network_mode == "host" and any(
        m.host_port not in {None, 0, m.container_port} for m in mappings
    ):
        yield (
            "When networkMode=host, the host ports and container ports in port mappings must match."
        )
