"""A registered task definition, as the agent receives it."""

from __future__ import annotations

from dataclasses import dataclass

from ..dockerrun.model import ContainerDefinition, Volume


@dataclass(frozen=True)
class TaskDefinition:
    """One revision of a task definition: containers that are placed, started and stopped together.

    ``network_mode`` is ``bridge`` where the request names none, as on Linux container instances.
    ``stop_timeout`` is that of containers which have none of their own: seconds between SIGTERM and
    SIGKILL, the agent's ``ECS_CONTAINER_STOP_TIMEOUT``.
    """

    family: str
    revision: int
    containers: tuple[ContainerDefinition, ...]
    volumes: tuple[Volume, ...] = ()
    arn: str = ""
    network_mode: str = "bridge"
    stop_timeout: int = 30

    def container(self, name: str) -> ContainerDefinition:
        """Return the container definition of that name; raise ``KeyError`` if there is none."""
        for container in self.containers:
            if container.name == name:
                return container
        raise KeyError(name)
