"""Driving the agent by hand, without an engine."""

from __future__ import annotations

from typing import Any

from pytest_multidocker.dockerrun.model import ContainerDefinition, Link
from pytest_multidocker.ecs import agent
from pytest_multidocker.ecs import events as ev
from pytest_multidocker.ecs.actions import (
    Action,
    Create,
    Provision,
    Pull,
    ReportContainer,
    ReportTask,
    Start,
    Stop,
    WakeAt,
)
from pytest_multidocker.ecs.definition import TaskDefinition
from pytest_multidocker.ecs.state import TaskState


def container(name: str, links: str = "", **fields: Any) -> ContainerDefinition:
    """A container definition; ``links`` are names, or name:alias, apart by blanks."""
    parsed = []
    for link in links.split():
        target, _, alias = link.partition(":")
        parsed.append(Link(target, alias or target))
    return ContainerDefinition(
        name, **{"image": "app:1", "memory": 64, "links": tuple(parsed), **fields}
    )


def definition(*containers: ContainerDefinition, **fields: Any) -> TaskDefinition:
    return TaskDefinition("web", 1, containers, **{"arn": "arn:web:1", **fields})


_Work = Pull | Create | Start | Stop


class Machine:
    """The agent with one task, the work it has asked for, and what it has reported.

    ``fields`` are those of the task definition.
    """

    def __init__(
        self, *containers: ContainerDefinition, admitted: bool = True, **fields: Any
    ) -> None:
        self.provisions = 0
        self.work: list[_Work] = []
        self.reports: list[ReportContainer | ReportTask] = []
        self.wakes: list[float] = []
        self.now = 100.0
        self.task: TaskState
        self._take(
            agent.accept(
                definition(*containers, **fields), self.now, arn="arn:task/1", admitted=admitted
            )
        )

    def send(self, event: ev.Event) -> Machine:
        self._take(agent.step(self.task, event))
        return self

    def start(self, *names: str) -> Machine:
        """Let the engine succeed until the containers named, or all that can, run."""
        while mine := [
            a
            for a in self.work
            if not isinstance(a, Stop) and a.container in (names or [a.container])
        ]:
            self.succeed(mine[0])
        return self

    def succeed(self, action: _Work) -> Machine:
        """Let the engine do a piece of work."""
        self.work.remove(action)
        self.now += 1
        name = action.container
        if isinstance(action, Pull):
            return self.send(ev.Pulled(name, self.now))
        if isinstance(action, Create):
            return self.send(ev.Created(name, self.now, f"id-{name}"))
        if isinstance(action, Start):
            return self.send(ev.Started(name, self.now))
        return self.send(ev.Died(name, self.now, 143))

    def die(self, name: str, exit_code: int | None = 0, *, oom: bool = False) -> Machine:
        self.now += 1
        return self.send(ev.Died(name, self.now, exit_code, oom_killed=oom))

    def fail(self, name: str, reason: str, **fields: Any) -> Machine:
        """Let the engine fail in what it was asked to do for the container."""
        (action,) = [a for a in self.work if a.container == name]
        return self.fail_in(action, reason, **fields)

    def fail_in(self, action: _Work, reason: str, **fields: Any) -> Machine:
        """Let the engine fail in a piece of work."""
        self.work.remove(action)
        return self.send(_FAILURES[type(action)](action.container, self.now, reason, **fields))

    def status(self, name: str) -> str:
        return self.task.containers[name].known.name

    def _take(self, step: agent.Step) -> None:
        self.task = step.task
        for action in step.actions:
            self._sort(action)

    def _sort(self, action: Action) -> None:
        if isinstance(action, (ReportContainer, ReportTask)):
            self.reports.append(action)
        elif isinstance(action, WakeAt):
            self.wakes.append(action.at)
        elif isinstance(action, Provision):
            self.provisions += 1
        else:
            self.work.append(action)


_Failure = ev.PullFailed | ev.CreateFailed | ev.StartFailed | ev.StopFailed
_FAILURES: dict[type, type[_Failure]] = {
    Pull: ev.PullFailed,
    Create: ev.CreateFailed,
    Start: ev.StartFailed,
    Stop: ev.StopFailed,
}
