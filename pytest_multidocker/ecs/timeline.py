"""What happens to a task, told line by line: when, to whom, what, and why.

It is told from the agent's own steps, so that it says what the agent did and for which reason, and
not what somebody outside could make of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from . import events as ev
from .actions import Pull, Stop
from .agent import Step
from .dependencies import holds
from .events import PortBinding
from .graph import Condition, dependents, edges
from .namespaces import is_hidden
from .state import ContainerState, TaskState
from .status import ContainerStatus, TaskStatus

TASK = "task"
"""Who an entry is about that is not about one container."""


@dataclass(frozen=True)
class Entry:
    """One line: seconds, a container's name or ``task``, what happened, why or with what."""

    at: float
    who: str
    what: str
    detail: str = ""


class Timeline:
    """Tells the steps of one task, in their order."""

    def __init__(self) -> None:
        self._cause = ""

    def tell(
        self, before: TaskState | None, event: ev.Event | None, step: Step, at: float
    ) -> list[Entry]:
        """Return the entries of one step; the first step has no state before and no event."""
        before = before or TaskState.of(step.task.definition)
        if step.task.desired is TaskStatus.STOPPED and not self._cause:
            self._cause = _cause(before, event, step.task)
        return [Entry(at, *told) for told in self._tell(before, event, step)]

    def _tell(
        self, before: TaskState, event: ev.Event | None, step: Step
    ) -> Iterator[tuple[str, str, str]]:
        for container in _causes_first(event, step.task):
            if not is_hidden(container.name):
                yield from self._changes(before.containers[container.name], container)
        if step.task.known is not before.known and step.task.known >= TaskStatus.RUNNING:
            yield TASK, step.task.known.name, step.task.reason
        for action in step.actions:
            if is_hidden(getattr(action, "container", "")):
                continue
            if isinstance(action, Pull):
                yield action.container, "PULLING", _waited(step.task, action.container)
            elif isinstance(action, Stop):
                yield action.container, "STOPPING", self._stopping(step.task, action)

    def _changes(
        self, before: ContainerState, after: ContainerState
    ) -> Iterator[tuple[str, str, str]]:
        name, known = after.name, after.known
        if known is not before.known and known >= ContainerStatus.CREATED:
            yield name, known.name, self._detail(after)
        if after.reason and not before.reason and known is not ContainerStatus.STOPPED:
            yield name, "FAILED", after.reason
        if after.restart_count > before.restart_count and after.ended is not None:
            yield name, "RESTARTING", f"{_ended(after.ended)}: its restart policy starts it again"
        if before.ended is not None and after.ended is None and known is before.known:
            yield name, known.name, self._detail(after)
        if after.health != before.health:
            passive = "" if after.health == "HEALTHY" else "the agent stops nothing for it"
            yield name, after.health, passive

    def _detail(self, container: ContainerState) -> str:
        if container.known is ContainerStatus.RUNNING:
            return ", ".join(map(_port, container.bindings))
        if container.known is not ContainerStatus.STOPPED:
            return ""
        parts = [f"exit code {container.exit_code}"] if container.exit_code is not None else []
        if container.reason:
            parts.append(container.reason)
        return ", ".join(parts) or f"never started: {self._cause}"

    def _stopping(self, task: TaskState, stop: Stop) -> str:
        how = f"SIGTERM, and SIGKILL after {stop.timeout} s"
        first = [
            name
            for name in sorted(dependents(task.definition)[stop.container])
            if task.containers[name].ran and not self._cause.startswith(f"{name} ")
        ]
        after = f"; after {_and(first)}" if first else ""
        return f"{how}: {self._cause}{after}"


def _causes_first(event: ev.Event | None, task: TaskState) -> list[ContainerState]:
    """Return the containers, first the one of the event, last those that only go down with it."""
    about = getattr(event, "container", None)
    return sorted(task.containers.values(), key=lambda c: (c.name != about, c.exit_code is None))


def _cause(before: TaskState, event: ev.Event | None, after: TaskState) -> str:
    """Return why the task shall stop."""
    if isinstance(event, ev.StopRequested):
        return "the task is asked to stop"
    about = getattr(event, "container", None)
    for container in sorted(after.containers.values(), key=lambda c: c.name != about):
        was = before.containers[container.name]
        ended = container.name == about or (was.exit_code, was.reason) != (
            container.exit_code,
            container.reason,
        )
        if container.definition.essential and ended:
            how = "has ended" if container.ran or container.dying else "cannot start"
            return f"{container.name} is essential and {how}"
    return after.reason


_WAITED = {
    Condition.CREATE: ("exists", "exist"),
    Condition.START: ("runs", "run"),
    Condition.COMPLETE: ("has exited", "have exited"),
    Condition.SUCCESS: ("has exited with 0", "have exited with 0"),
    Condition.HEALTHY: ("is healthy", "are healthy"),
}


def _waited(task: TaskState, name: str) -> str:
    """Return what the container has waited for, such as ``after client and server run``."""
    found: dict[tuple[str, str], list[str]] = {}
    for edge in edges(task.containers[name].definition):
        if is_hidden(edge.on):
            continue
        verb = _WAITED[edge.condition]
        if edge.condition is Condition.START and task.containers[edge.on].is_stopped:
            verb = ("has run and exited", "have run and exited")
        names = found.setdefault(verb, [])
        if edge.on not in names:
            names.append(edge.on)
    told = [f"{_and(names)} {verb[len(names) > 1]}" for verb, names in found.items()]
    return f"now that {_and(told)}" if told else ""


def waiting(task: TaskState) -> list[str]:
    """Return what containers wait for that have neither run nor been given up, a sentence each."""
    if task.known is TaskStatus.STOPPED:
        return []
    return [
        f"{name} waits until {edge.on} {_WAITED[edge.condition][0]}"
        for name, container in task.containers.items()
        if container.known < ContainerStatus.RUNNING and container.in_flight is None
        for edge in edges(container.definition)
        if not is_hidden(edge.on) and not holds(edge.condition, task.containers[edge.on])
    ]


def _and(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _ended(end: ev.Died) -> str:
    return "out of memory" if end.oom_killed else f"exit code {end.exit_code}"


def _port(binding: PortBinding) -> str:
    host = binding.host_port_range or binding.host_port
    container = binding.container_port_range or binding.container_port
    return f"port {host}->{container}/{binding.protocol}"
