"""The tasks of a container instance that has not room for all of them: the others wait in order.

The first that does not fit keeps all behind it waiting, also those that would. Source:
``agent/engine/host_resource_manager.go`` and ``docker_task_engine.go:monitorQueuedTasks`` of
amazon-ecs-agent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .accounting import Account, Resources


@dataclass(frozen=True)
class Host:
    """An instance's account, what its tasks hold of it, and who waits; tasks are their ARNs."""

    account: Account
    holding: Mapping[str, Resources] = field(default_factory=dict, hash=False)
    waiting: tuple[tuple[str, Resources], ...] = ()

    def enqueue(self, task: str, needed: Resources) -> Host:
        """Return the host with a task behind those that wait."""
        return replace(self, waiting=(*self.waiting, (task, needed)))

    def admit(self) -> tuple[Host, tuple[str, ...]]:
        """Return the host with those tasks let in that have room, and these in their order."""
        host, admitted = self, []
        while host.waiting and host.account.shortage(host.waiting[0][1]) is None:
            (task, needed), *others = host.waiting
            host = Host(host.account.take(needed), {**host.holding, task: needed}, tuple(others))
            admitted.append(task)
        return host, tuple(admitted)

    def release(self, task: str) -> Host:
        """Return the host without a task, whether it held something or only waited."""
        holding = dict(self.holding)
        held = holding.pop(task, None)
        account = self.account if held is None else self.account.give_back(held)
        waiting = tuple(entry for entry in self.waiting if entry[0] != task)
        return Host(account, holding, waiting)
