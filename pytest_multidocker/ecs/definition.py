"""A registered task definition, as the agent receives it."""

from __future__ import annotations

from dataclasses import dataclass

from ..dockerrun.model import ContainerDefinition, Volume


@dataclass(frozen=True)
class TaskDefinition:
    """One revision of a task definition: containers that are placed, started and stopped together.

    ``network_mode`` is ``bridge`` where the request names none, as on Linux container instances.
    ``cpu`` (CPU units) and ``memory`` (MiB) are those of the task as a whole, ``pid_mode`` is
    ``host`` or ``task``, ``ipc_mode`` one of these or ``none``, each ``None`` where there is none.
    ``task_role_arn`` is the role that its containers have, ``execution_role_arn`` the one with
    which the agent fetches what they need. ``stop_timeout`` is that of containers which have none
    of their own: seconds between SIGTERM and SIGKILL, the agent's ``ECS_CONTAINER_STOP_TIMEOUT``.
    """

    family: str
    revision: int
    containers: tuple[ContainerDefinition, ...]
    volumes: tuple[Volume, ...] = ()
    arn: str = ""
    network_mode: str = "bridge"
    stop_timeout: int = 30
    cpu: int | None = None
    memory: int | None = None
    pid_mode: str | None = None
    ipc_mode: str | None = None
    task_role_arn: str | None = None
    execution_role_arn: str | None = None

    @property
    def docker_volumes(self) -> tuple[Volume, ...]:
        """The volumes without a folder of the host that a container mounts."""
        mounted = {mount.source_volume for c in self.containers for mount in c.mount_points}
        return tuple(v for v in self.volumes if v.name in mounted and not v.source_path)

    def container(self, name: str) -> ContainerDefinition:
        """Return the container definition of that name; raise ``KeyError`` if there is none."""
        for container in self.containers:
            if container.name == name:
                return container
        raise KeyError(name)
