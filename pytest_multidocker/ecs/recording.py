"""What an event says about a task, before anything follows from it.

Source: ``agent/engine/task_manager.go:handleContainerChange`` and ``handleEventError`` of
amazon-ecs-agent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import singledispatch

from . import events as ev
from . import reasons, restarts
from .state import ContainerState, TaskState
from .status import ContainerStatus, TaskStatus


@singledispatch
def record(event: object, _task: TaskState) -> TaskState:
    """Return the task as it is with the event; raises ``TypeError`` for what is no event."""
    raise TypeError(f"not an event of the agent: {event!r}")


# --- of the task ----------------------------------------------------------------------------


@record.register
def _(_event: ev.StopRequested, task: TaskState) -> TaskState:
    return replace(task, desired=TaskStatus.STOPPED)


@record.register
def _(_event: ev.Admitted, task: TaskState) -> TaskState:
    return replace(task, admitted=True)


@record.register
def _(_event: ev.TimePassed, task: TaskState) -> TaskState:
    return replace(task, wake_at=None)


@record.register
def _(_event: ev.Provisioned, task: TaskState) -> TaskState:
    return replace(task, provisioning=False, provisioned=True)


@record.register
def _(event: ev.ProvisionFailed, task: TaskState) -> TaskState:
    reason = reasons.trim(event.reason)
    return replace(task, provisioning=False, reason=reason, desired=TaskStatus.STOPPED)


# --- of one container -----------------------------------------------------------------------


@record.register
def _(event: ev.Pulled, task: TaskState) -> TaskState:
    task = replace(task, pull_stopped_at=event.at)
    return _advance(
        task,
        event.container,
        ContainerStatus.PULLED,
        lambda c: replace(c, image_digest=event.image_digest),
    )


@record.register
def _(event: ev.PullFailed, task: TaskState) -> TaskState:
    # With the pull behaviours "default" and "prefer-cached" the agent goes on with whatever image
    # is there; without one, creating the container fails next, and this first reason stays.
    desired = TaskStatus.STOPPED if event.fatal else task.desired
    task = replace(task, pull_stopped_at=event.at, desired=desired)
    if task.containers[event.container].is_stopped:
        return task
    return _advance(
        task, event.container, ContainerStatus.PULLED, lambda c: c.with_reason(event.reason)
    )


@record.register
def _(event: ev.Created, task: TaskState) -> TaskState:
    return _advance(
        task,
        event.container,
        ContainerStatus.CREATED,
        lambda c: replace(c, runtime_id=event.runtime_id),
    )


@record.register
def _(event: ev.CreateFailed, task: TaskState) -> TaskState:
    return _give_up(task, event.container, event.reason)


@record.register
def _(event: ev.Started, task: TaskState) -> TaskState:
    return _advance(
        task,
        event.container,
        ContainerStatus.RUNNING,
        lambda c: replace(
            c,
            ran=True,
            ended=None,
            started_at=c.started_at or event.at,
            bindings=c.bindings or event.bindings,
        ),
    )


@record.register
def _(event: ev.StartFailed, task: TaskState) -> TaskState:
    if (end := task.containers[event.container].ended) is not None:
        return _died(task, end)  # it could not be started again: the end that it had is its last
    return _give_up(task, event.container, event.reason)


@record.register
def _(event: ev.Dying, task: TaskState) -> TaskState:
    container = task.containers[event.container]
    # Of one that is still starting its death will tell whether it has started at all; of one that
    # may be started again the exit code decides. And where others have not started yet, it has to
    # be told of how this one ended before they are told of.
    all_run = all(c.known >= ContainerStatus.RUNNING for c in task.containers.values())
    if not all_run or restarts.has_policy(container):
        return task
    ended = ContainerStatus.STOPPED
    return task.with_container(replace(container, desired=ended, in_flight=ended, dying=True))


@record.register
def _(event: ev.Died, task: TaskState) -> TaskState:
    container = task.containers[event.container]
    known_already = container.last_restart_at is not None and event.at <= container.last_restart_at
    if container.is_stopped or known_already:
        return task
    if restarts.refusal(container, event) is not None:
        return _died(task, event)
    return task.with_container(
        replace(
            container,
            ran=True,
            ended=event,
            in_flight=None,
            restart_count=container.restart_count + 1,
            last_restart_at=event.at,
        )
    )


@record.register
def _(event: ev.StopFailed, task: TaskState) -> TaskState:
    return _advance(
        task, event.container, ContainerStatus.STOPPED, lambda c: c.with_reason(event.reason)
    )


@record.register
def _(event: ev.HealthChanged, task: TaskState) -> TaskState:
    container = task.containers[event.container]
    # Only the task definition's health check counts; an image's own is not reported.
    if container.definition.health_check is None or container.is_stopped:
        return task
    if event.health == container.health:
        return task
    return task.with_container(replace(container, health=event.health, health_since=event.at))


@record.register
def _(_event: ev.Revived, task: TaskState) -> TaskState:
    return task


def _died(task: TaskState, event: ev.Died) -> TaskState:
    def died(container: ContainerState) -> ContainerState:
        if event.oom_killed:
            container = container.with_reason(reasons.OUT_OF_MEMORY)
        elif event.error or event.reason:
            why = event.reason or reasons.docker_state_error(event.error)
            container = container.with_reason(why)
        return replace(
            container,
            ran=True,
            exit_code=event.exit_code,
            stopped_at=event.at,
            ended=None,
            bindings=container.bindings or event.bindings,
        )

    return _advance(task, event.container, ContainerStatus.STOPPED, died)


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
    if task.containers[name].is_stopped:
        return task  # it was to go no further: that it could not have is told no more
    container = task.containers[name].with_reason(reason)
    return task.with_container(replace(container, desired=ContainerStatus.STOPPED, in_flight=None))
