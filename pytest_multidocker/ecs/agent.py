"""The agent's decisions: events in, actions out.

:func:`accept` takes a task up, :func:`step` carries it on. Both are pure: they touch no engine, no
clock and no thread. Whoever drives them runs the actions and feeds back what happened.

Source: ``agent/engine/task_manager.go`` and ``agent/api/task/task.go`` of amazon-ecs-agent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import singledispatch

from . import events as ev
from . import reasons
from .actions import Action, Create, Pull, ReportTask, Start, Stop, WakeAt
from .definition import TaskDefinition
from .dependencies import hopeless, next_deadline, resolved
from .graph import dependents, problem
from .reports import reports
from .state import ContainerState, TaskState
from .status import ContainerStatus, TaskStatus


@dataclass(frozen=True)
class Step:
    """The task after an event, and what is to be done because of it, reports first."""

    task: TaskState
    actions: tuple[Action, ...]


def accept(definition: TaskDefinition, at: float) -> Step:
    """Take up a new task.

    A task whose links, ``volumesFrom`` or ``dependsOn`` cannot be resolved goes straight to
    STOPPED, with the agent's reason, and no container of it is ever created.
    """
    task = TaskState.of(definition)
    if (wrong := problem(definition)) is not None:
        text = (
            reasons.task_not_initialized(definition.arn, wrong.why)
            if wrong.initialisation
            else reasons.unresolvable(definition.arn)
        )
        task = replace(task, reason=text, known=TaskStatus.STOPPED, desired=TaskStatus.STOPPED)
        return Step(task, (ReportTask(TaskStatus.STOPPED, at, text),))
    return _follow(task, task, at)


def step(task: TaskState, event: ev.Event) -> Step:
    """Return the task after the event and the actions that follow from it.

    An event that comes late or twice changes nothing: a status never goes back.
    """
    if task.known is TaskStatus.STOPPED:
        return Step(task, ())
    return _follow(task, _record(event, task), event.at)


def _follow(before: TaskState, task: TaskState, at: float) -> Step:
    task = _settle(task, at)
    task, launched = _launch(task)
    if task.pull_started_at is None and any(isinstance(action, Pull) for action in launched):
        task = replace(task, pull_started_at=at)
    task = _with_known(task, at)
    task, wake = _wake(task)
    return Step(task, (*reports(before, task, at), *launched, *wake))


# --- what an event says ---------------------------------------------------------------------


@singledispatch
def _record(event: object, _task: TaskState) -> TaskState:
    raise TypeError(f"not an event of the agent: {event!r}")


@_record.register
def _(_event: ev.StopRequested, task: TaskState) -> TaskState:
    return replace(task, desired=TaskStatus.STOPPED)


@_record.register
def _(_event: ev.TimePassed, task: TaskState) -> TaskState:
    return replace(task, wake_at=None)


@_record.register
def _(event: ev.Pulled, task: TaskState) -> TaskState:
    task = replace(task, pull_stopped_at=event.at)
    return _advance(task, event.container, ContainerStatus.PULLED)


@_record.register
def _(event: ev.PullFailed, task: TaskState) -> TaskState:
    # Pull behaviour "default": the agent goes on with whatever image is there; without one,
    # creating the container fails next, and this first reason stays.
    task = replace(task, pull_stopped_at=event.at)
    return _advance(
        task, event.container, ContainerStatus.PULLED, lambda c: c.with_reason(event.reason)
    )


@_record.register
def _(event: ev.Created, task: TaskState) -> TaskState:
    return _advance(
        task,
        event.container,
        ContainerStatus.CREATED,
        lambda c: replace(c, runtime_id=event.runtime_id),
    )


@_record.register
def _(event: ev.CreateFailed, task: TaskState) -> TaskState:
    return _give_up(task, event.container, event.reason)


@_record.register
def _(event: ev.Started, task: TaskState) -> TaskState:
    return _advance(
        task,
        event.container,
        ContainerStatus.RUNNING,
        lambda c: replace(
            c, ran=True, started_at=c.started_at or event.at, bindings=c.bindings or event.bindings
        ),
    )


@_record.register
def _(event: ev.StartFailed, task: TaskState) -> TaskState:
    return _give_up(task, event.container, event.reason)


@_record.register
def _(event: ev.Dying, task: TaskState) -> TaskState:
    container = task.containers[event.container]
    if container.known is not ContainerStatus.RUNNING:
        return task  # whether it has started at all, its death will tell
    ended = ContainerStatus.STOPPED
    return task.with_container(replace(container, desired=ended, in_flight=ended))


@_record.register
def _(event: ev.Died, task: TaskState) -> TaskState:
    def died(container: ContainerState) -> ContainerState:
        if event.oom_killed:
            container = container.with_reason(reasons.OUT_OF_MEMORY)
        elif event.error:
            container = container.with_reason(reasons.docker_state_error(event.error))
        return replace(
            container,
            ran=True,
            exit_code=event.exit_code,
            stopped_at=event.at,
            bindings=container.bindings or event.bindings,
        )

    if task.containers[event.container].is_stopped:
        return task
    return _advance(task, event.container, ContainerStatus.STOPPED, died)


@_record.register
def _(event: ev.StopFailed, task: TaskState) -> TaskState:
    return _advance(
        task, event.container, ContainerStatus.STOPPED, lambda c: c.with_reason(event.reason)
    )


@_record.register
def _(event: ev.HealthChanged, task: TaskState) -> TaskState:
    container = task.containers[event.container]
    # Only the task definition's health check counts; an image's own is not reported.
    if container.definition.health_check is None or container.is_stopped:
        return task
    return task.with_container(replace(container, health=event.health))


def _advance(
    task: TaskState,
    name: str,
    status: ContainerStatus,
    change: Callable[[ContainerState], ContainerState] = lambda container: container,
) -> TaskState:
    container = change(task.containers[name])
    done = container.in_flight is not None and container.in_flight <= status
    return task.with_container(
        replace(
            container,
            known=max(container.known, status),
            in_flight=None if done else container.in_flight,
        )
    )


def _give_up(task: TaskState, name: str, reason: str) -> TaskState:
    container = task.containers[name].with_reason(reason)
    return task.with_container(replace(container, desired=ContainerStatus.STOPPED, in_flight=None))


# --- what follows from it -------------------------------------------------------------------


def _settle(task: TaskState, at: float) -> TaskState:
    """Carry desires through the task until nothing more follows without the engine."""
    while True:
        after = _with_desires(task)
        for name in after.containers:
            after = after.with_container(_without_engine(after, after.containers[name], at))
        if after == task:
            return task
        task = after


def _with_desires(task: TaskState) -> TaskState:
    ended = ContainerStatus.STOPPED
    if any(
        c.definition.essential and ended in {c.known, c.desired} for c in task.containers.values()
    ):
        task = replace(task, desired=TaskStatus.STOPPED)
    if task.desired is TaskStatus.STOPPED:
        stopped = {n: replace(c, desired=ended) for n, c in task.containers.items()}
        task = replace(task, containers=stopped)
    return task


def _without_engine(task: TaskState, container: ContainerState, at: float) -> ContainerState:
    """Return the container as it is when what needs no call of the engine is done."""
    if container.known >= ContainerStatus.RUNNING:
        return container
    if container.desired is ContainerStatus.STOPPED:
        starting = container.in_flight is ContainerStatus.RUNNING
        return container if starting else _never_started(container, at)
    if (why := hopeless(task, container, at)) is None:
        return container
    reason = reasons.trim(f"CannotStartContainerError: dependency graph: {why}")
    failed = replace(container, exit_code=reasons.NEVER_STARTED_EXIT_CODE).with_reason(reason)
    return _never_started(failed, at)


def _never_started(container: ContainerState, at: float) -> ContainerState:
    return replace(
        container,
        known=ContainerStatus.STOPPED,
        desired=ContainerStatus.STOPPED,
        in_flight=None,
        stopped_at=at,
    )


def _launch(task: TaskState) -> tuple[TaskState, tuple[Action, ...]]:
    actions: list[Action] = []
    for container in task.containers.values():
        if container.in_flight is not None or container.is_stopped:
            continue
        if (launched := _next(task, container)) is not None:
            action, leads_to = launched
            actions.append(action)
            task = task.with_container(replace(container, in_flight=leads_to))
    return task, tuple(actions)


def _next(task: TaskState, container: ContainerState) -> tuple[Action, ContainerStatus] | None:
    """Return the engine's next work for the container and the status it leads to, if any."""
    if container.desired is ContainerStatus.STOPPED:
        return _stop(task, container)
    if container.known is ContainerStatus.RUNNING or not resolved(task, container):
        return None
    forward: dict[ContainerStatus, tuple[Action, ContainerStatus]] = {
        ContainerStatus.NONE: (Pull(container.name), ContainerStatus.PULLED),
        ContainerStatus.PULLED: (Create(container.name), ContainerStatus.CREATED),
        ContainerStatus.CREATED: (Start(container.name), ContainerStatus.RUNNING),
    }
    return forward[container.known]


def _stop(task: TaskState, container: ContainerState) -> tuple[Action, ContainerStatus] | None:
    waiting_for_it = dependents(task.definition)[container.name]
    if not all(task.containers[other].is_stopped for other in waiting_for_it):
        return None
    timeout = container.definition.stop_timeout or task.definition.stop_timeout
    return Stop(container.name, timeout), ContainerStatus.STOPPED


def _with_known(task: TaskState, at: float) -> TaskState:
    containers = list(task.containers.values())
    essential_ended = any(c.definition.essential and c.is_stopped for c in containers)
    known = min(TaskStatus.of_container(c.known) for c in containers)
    if known is TaskStatus.RUNNING and essential_ended:
        known = task.known  # a task that loses an essential container early never ran
    ended_at = task.execution_stopped_at
    if essential_ended and ended_at is None:
        ended_at = at
    return replace(task, known=max(task.known, known), execution_stopped_at=ended_at)


def _wake(task: TaskState) -> tuple[TaskState, tuple[Action, ...]]:
    deadline = next_deadline(task)
    if deadline is None or deadline == task.wake_at:
        return task, ()
    return replace(task, wake_at=deadline), (WakeAt(deadline),)
