"""The agent's decisions: events in, actions out.

:func:`accept` takes a task up, :func:`step` carries it on. Both are pure: they touch no engine, no
clock and no thread. Whoever drives them runs the actions and feeds back what happened.

Source: ``agent/engine/task_manager.go`` and ``agent/api/task/task.go`` of amazon-ecs-agent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from . import events as ev
from . import reasons
from .actions import Action, Create, Provision, Pull, ReportTask, Start, Stop, WakeAt
from .definition import TaskDefinition
from .dependencies import hopeless, next_deadline, resolved
from .graph import dependents, problem
from .recording import record
from .reports import reports
from .state import ContainerState, TaskState
from .status import ContainerStatus, TaskStatus


@dataclass(frozen=True)
class Step:
    """The task after an event, and what is to be done because of it, reports first."""

    task: TaskState
    actions: tuple[Action, ...]


def accept(definition: TaskDefinition, at: float, *, arn: str = "", admitted: bool = True) -> Step:
    """Take up a new task, which its reasons name by ``arn``.

    A task whose links, ``volumesFrom`` or ``dependsOn`` cannot be resolved goes straight to
    STOPPED, with the agent's reason, and no container of it is ever created. For one that is not
    ``admitted`` nothing is done until :class:`~.events.Admitted` comes.
    """
    task = TaskState.of(definition, arn or definition.arn, admitted=admitted)
    if (wrong := problem(definition)) is not None:
        initialised = not wrong.initialisation
        text = reasons.unresolvable(task.arn) if initialised else _uninitialised(task, wrong.why)
        return _refuse(task, text, at)
    return _follow(task, task, at)


def step(task: TaskState, event: ev.Event) -> Step:
    """Return the task after the event and the actions that follow from it.

    An event that comes late or twice changes nothing: a status never goes back.
    """
    if isinstance(event, ev.Revived):
        return _stop_again(task, task.containers[event.container])
    if task.known is TaskStatus.STOPPED:
        return Step(task, ())
    if isinstance(event, ev.ProvisionFailed) and event.initialisation:
        return _refuse(task, _uninitialised(task, event.reason), event.at)
    after = _follow(task, record(event, task), event.at)
    if isinstance(event, ev.StartFailed) and event.uncertain:
        return replace(after, actions=(*after.actions, _stop(after.task, event.container)))
    return after


def _refuse(task: TaskState, reason: str, at: float) -> Step:
    """Stop a task that was never taken up: of its containers nothing is told."""
    task = replace(task, reason=reason, known=TaskStatus.STOPPED, desired=TaskStatus.STOPPED)
    return Step(task, (ReportTask(TaskStatus.STOPPED, at, reason),))


def _uninitialised(task: TaskState, why: str) -> str:
    return reasons.task_not_initialized(task.arn, why)


def _stop_again(task: TaskState, container: ContainerState) -> Step:
    """Stop a container that had stopped and that others have started again: once in a task."""
    if task.restopped or not container.is_stopped:
        return Step(task, ())
    return Step(replace(task, restopped=True), (_stop(task, container.name),))


def _follow(before: TaskState, task: TaskState, at: float) -> Step:
    task = _settle(task, at)
    task, launched = _launch(task)
    if task.pull_started_at is None and any(isinstance(action, Pull) for action in launched):
        task = replace(task, pull_started_at=at)
    task = _with_known(task, at)
    task, wake = _wake(task)
    return Step(task, (*reports(before, task, at), *launched, *wake))


# --- what follows from it -------------------------------------------------------------------


def _settle(task: TaskState, at: float) -> TaskState:
    """Carry desires through the task until nothing more follows without the engine."""
    while True:
        after = _doomed(task, at)
        for container in after.containers.values():
            after = after.with_container(_without_engine(container, at))
        if after == task:
            return task
        task = after


def _doomed(task: TaskState, at: float) -> TaskState:
    """Have those stopped that can never start.

    They see one another as they have come so far: that one is STOPPED the agent tells itself in a
    message, which it reads later (``handleTerminalDependencyError`` in task_manager.go).
    """
    while True:
        after = _with_desires(task)
        for name in after.containers:
            after = after.with_container(_without_hope(after, after.containers[name], at))
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


def _without_hope(task: TaskState, container: ContainerState, at: float) -> ContainerState:
    """Return the container with why it is to be stopped, if it waits for what never comes."""
    ended = ContainerStatus.STOPPED
    if container.known >= ContainerStatus.RUNNING or container.desired is ended:
        return container
    if (why := hopeless(task, container, at)) is None:
        return container
    reason = reasons.trim(f"CannotStartContainerError: dependency graph: {why}")
    failed = replace(container, desired=ended, exit_code=reasons.NEVER_STARTED_EXIT_CODE)
    return failed.with_reason(reason)


def _without_engine(container: ContainerState, at: float) -> ContainerState:
    """Return the container as it is when what needs no call of the engine is done."""
    if container.known >= ContainerStatus.RUNNING:
        return container
    starting = container.in_flight is ContainerStatus.RUNNING
    if container.desired is not ContainerStatus.STOPPED or starting:
        return container
    return _never_started(container, at)


def _never_started(container: ContainerState, at: float) -> ContainerState:
    return replace(
        container,
        known=ContainerStatus.STOPPED,
        desired=ContainerStatus.STOPPED,
        in_flight=None,
        stopped_at=at,
    )


def _launch(task: TaskState) -> tuple[TaskState, tuple[Action, ...]]:
    if not task.admitted or task.provisioning:
        return task, ()
    if not task.provisioned and task.desired is not TaskStatus.STOPPED:
        return replace(task, provisioning=True), (Provision(),)
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
        return _stop_in_order(task, container)
    if container.ended is not None:
        return Start(container.name), ContainerStatus.RUNNING
    if container.known is ContainerStatus.RUNNING or not resolved(task, container):
        return None
    forward: dict[ContainerStatus, tuple[Action, ContainerStatus]] = {
        ContainerStatus.NONE: (Pull(container.name), ContainerStatus.PULLED),
        ContainerStatus.PULLED: (Create(container.name), ContainerStatus.CREATED),
        ContainerStatus.CREATED: (Start(container.name), ContainerStatus.RUNNING),
    }
    return forward[container.known]


def _stop_in_order(
    task: TaskState, container: ContainerState
) -> tuple[Action, ContainerStatus] | None:
    waiting_for_it = dependents(task.definition)[container.name]
    if not all(task.containers[other].is_stopped for other in waiting_for_it):
        return None
    return _stop(task, container.name), ContainerStatus.STOPPED


def _stop(task: TaskState, name: str) -> Stop:
    return Stop(name, task.definition.container(name).stop_timeout or task.definition.stop_timeout)


def _with_known(task: TaskState, at: float) -> TaskState:
    containers = list(task.containers.values())
    essential_ended = any(c.definition.essential and c.is_stopped for c in containers)
    ending = essential_ended or any(c.definition.essential and c.dying for c in containers)
    known = min(TaskStatus.of_container(c.known) for c in containers)
    if known is TaskStatus.RUNNING and ending:
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
