"""The container instances of a driver, and the tasks that wait for room on one."""

from __future__ import annotations

from collections.abc import Callable

from ..ecs.accounting import Account, Resources, required
from ..ecs.definition import TaskDefinition
from ..ecs.queue import Host
from .identity import TaskIdentity

Room = Callable[[TaskIdentity], "Account | None"]
"""Returns what a task's container instance has registered; ``None`` where there is room for any."""
Needs = Callable[[TaskDefinition], Resources]
"""Returns what a task takes of its instance."""


class Waiting:
    """Keeps what tasks hold of their instances. Whoever uses it sees to locking."""

    def __init__(self, room: Room = lambda _task: None, needs: Needs = required) -> None:
        self._room = room
        self._needs = needs
        self._hosts: dict[str, Host] = {}

    def enqueue(self, task: TaskIdentity) -> bool:
        """Put a task behind those of its instance that wait; return whether there is a queue."""
        if (room := self._room(task)) is None:
            return False
        host = self._hosts.get(task.instance) or Host(room)
        self._hosts[task.instance] = host.enqueue(task.arn, self._needs(task.definition))
        return True

    def admit(self, instance: str) -> tuple[str, ...]:
        """Let in those that have room; return their ARNs, in their order."""
        if (host := self._hosts.get(instance)) is None:
            return ()
        self._hosts[instance], admitted = host.admit()
        return admitted

    def release(self, task: TaskIdentity) -> tuple[str, ...]:
        """Give back what a task holds, or its place among those that wait; let others in."""
        if (host := self._hosts.get(task.instance)) is not None:
            self._hosts[task.instance] = host.release(task.arn)
        return self.admit(task.instance)
