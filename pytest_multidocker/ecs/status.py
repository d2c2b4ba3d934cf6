"""The states that the agent moves containers and tasks through.

Source: ``ecs-agent/api/container/status`` and ``ecs-agent/api/task/status`` of amazon-ecs-agent.
The numbers give the order: a status never goes back.
"""

from __future__ import annotations

from enum import IntEnum


class ContainerStatus(IntEnum):
    """How far a container has come, in the agent's own words."""

    NONE = 0
    PULLED = 1
    CREATED = 2
    RUNNING = 3
    STOPPED = 4

    @property
    def reported(self) -> str:
        """The status as the ECS API shows it: PENDING until the container runs."""
        return self.name if self >= ContainerStatus.RUNNING else "PENDING"


class TaskStatus(IntEnum):
    """How far a task has come: as far as its slowest container."""

    NONE = 0
    CREATED = 1
    RUNNING = 2
    STOPPED = 3

    @property
    def reported(self) -> str:
        """The status as the ECS API shows it: PENDING until the task runs."""
        return self.name if self >= TaskStatus.RUNNING else "PENDING"

    @classmethod
    def of_container(cls, status: ContainerStatus) -> TaskStatus:
        """Return what a container in that status allows its task to be."""
        return _TASK_STATUS[status]


_TASK_STATUS = {
    ContainerStatus.NONE: TaskStatus.NONE,
    ContainerStatus.PULLED: TaskStatus.NONE,
    ContainerStatus.CREATED: TaskStatus.CREATED,
    ContainerStatus.RUNNING: TaskStatus.RUNNING,
    ContainerStatus.STOPPED: TaskStatus.STOPPED,
}
