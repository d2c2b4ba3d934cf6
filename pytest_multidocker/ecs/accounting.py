"""What a container instance has, and what its tasks take of it.

Source: ``agent/api/task/task.go:ToHostResources`` and ``agent/engine/host_resource_manager.go`` of
amazon-ecs-agent; the failures are those of `RunTask and StartTask
<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html>`_.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .definition import TaskDefinition
from .instances import capacity

RESERVED_TCP_PORTS = frozenset({22, 2375, 2376, 51678, 51679})
"""Ports that the agent keeps for SSH, for Docker and for itself."""


@dataclass(frozen=True)
class Resources:
    """CPU units, memory in MiB, and host ports."""

    cpu: int = 0
    memory: int = 0
    tcp_ports: frozenset[int] = frozenset()
    udp_ports: frozenset[int] = frozenset()


def required(definition: TaskDefinition) -> Resources:
    """Return what a task takes: its own CPU and memory, or else what its containers take.

    That is of each container its reservation, or else its hard limit. Host ports that are chosen
    when the container is created take nothing.
    """
    cpu = sum(c.cpu for c in definition.containers)
    memory = sum(c.memory_reservation or c.memory or 0 for c in definition.containers)
    return Resources(
        cpu=definition.cpu or cpu,
        memory=definition.memory or memory,
        tcp_ports=_ports(definition, "tcp"),
        udp_ports=_ports(definition, "udp"),
    )


def required_without_ports(definition: TaskDefinition) -> Resources:
    """Return what a task takes of an instance where every host port is a free one."""
    return replace(required(definition), tcp_ports=frozenset(), udp_ports=frozenset())


def _ports(definition: TaskDefinition, protocol: str) -> frozenset[int]:
    on_host = definition.network_mode == "host"  # there a container's ports are the instance's own
    return frozenset(
        port
        for container in definition.containers
        for mapping in container.port_mappings
        if mapping.protocol == protocol
        for port in (mapping.container_ports if on_host else (mapping.host_port,))
        if port
    )


def no_room(definition: TaskDefinition, instance_type: str, failure: str) -> str:
    """Return why a task has no place on an instance of that type, in a sentence with the way out.

    ``failure`` is that of StartTask, such as ``RESOURCE:MEMORY``.
    """
    sentence = f"ECS cannot place the task on a {instance_type}: {failure}."
    if failure not in {"RESOURCE:MEMORY", "RESOURCE:CPU"}:
        return sentence
    room, taken = capacity(instance_type), required(definition)
    return (
        f"{sentence} It takes {taken.memory} MiB and {taken.cpu} CPU units, of {room.memory} MiB "
        f"and {room.cpu} there. Another type is instance_type in [tool.multidocker]."
    )


@dataclass(frozen=True)
class Account:
    """A container instance's registered resources and those that are left."""

    registered: Resources
    remaining: Resources

    @classmethod
    def of(cls, cpu: int, memory: int) -> Account:
        """Return the account of an empty instance with that many CPU units and MiB."""
        total = Resources(cpu, memory, RESERVED_TCP_PORTS)
        return cls(total, total)

    def shortage(self, needed: Resources) -> str | None:
        """Return the failure for which a task cannot be placed here, or ``None`` if it can."""
        if needed.cpu > self.remaining.cpu:
            return "RESOURCE:CPU"
        if needed.memory > self.remaining.memory:
            return "RESOURCE:MEMORY"
        taken = self.remaining
        if needed.tcp_ports & taken.tcp_ports or needed.udp_ports & taken.udp_ports:
            return "RESOURCE:PORTS"
        return None

    def take(self, needed: Resources) -> Account:
        """Return the account with a task placed."""
        left = self.remaining
        return replace(
            self,
            remaining=Resources(
                left.cpu - needed.cpu,
                left.memory - needed.memory,
                left.tcp_ports | needed.tcp_ports,
                left.udp_ports | needed.udp_ports,
            ),
        )

    def give_back(self, needed: Resources) -> Account:
        """Return the account with a task's share returned."""
        left = self.remaining
        return replace(
            self,
            remaining=Resources(
                left.cpu + needed.cpu,
                left.memory + needed.memory,
                left.tcp_ports - needed.tcp_ports,
                left.udp_ports - needed.udp_ports,
            ),
        )
