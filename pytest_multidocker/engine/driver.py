"""Drives the agent: runs its actions on an engine and feeds back what happened.

All decisions are :mod:`pytest_multidocker.ecs.agent`'s. What is here is threads: every action runs
in one of its own, so that containers that do not wait for each other start and stop together.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

from ..ecs import agent
from ..ecs.accounting import required
from ..ecs.actions import (
    Action,
    Create,
    Provision,
    Pull,
    ReportContainer,
    ReportTask,
    Start,
    WakeAt,
)
from ..ecs.events import (
    Admitted,
    CreateFailed,
    Event,
    ProvisionFailed,
    PullFailed,
    StartFailed,
    StopFailed,
    StopRequested,
    TimePassed,
)
from ..ecs.namespaces import with_pause
from ..ecs.state import TaskState
from ..ecs.status import TaskStatus
from .alarm import Alarm
from .identity import TaskIdentity
from .protocol import Engine, EngineAction
from .waiting import Needs, Room, Waiting

_LOG = logging.getLogger(__name__)

Reporter = Callable[[TaskIdentity, ReportContainer | ReportTask], None]
"""Told of every report, in order; must not block."""


@dataclass
class _Task:
    identity: TaskIdentity
    state: TaskState


class Driver:
    """The agent of one container instance: its tasks, their engine, and where it reports to.

    ``keep_stopped`` is for how many seconds a stopped task's containers are kept. ``room`` is what
    the task's container instance has registered, ``needs`` what the task takes of it: one that does
    not fit waits until others have stopped. Where ``room`` is ``None`` there is room for any.
    """

    def __init__(
        self,
        engine: Engine,
        report: Reporter,
        *,
        keep_stopped: float,
        room: Room = lambda _task: None,
        needs: Needs = required,
    ) -> None:
        self._engine = engine
        self._report = report
        self._keep_stopped = keep_stopped
        self._waiting = Waiting(room, needs)
        self._tasks: dict[str, _Task] = {}
        self._lock = threading.RLock()
        self._idle = threading.Condition(self._lock)
        self._creating = 0
        self._closing = False
        self._alarm = Alarm()
        engine.watch(self.deliver)

    def run(self, identity: TaskIdentity) -> None:
        """Take up a task."""
        identity = replace(identity, definition=with_pause(identity.definition))
        with self._lock:
            if self._closing:
                return
            waits = self._waiting.enqueue(identity)
            accepted = agent.accept(
                identity.definition, time.time(), arn=identity.arn, admitted=not waits
            )
            task = _Task(identity, accepted.task)
            self._tasks[identity.arn] = task
            self._carry_out(task, accepted.actions)
            self._admit(self._waiting.admit(identity.instance))

    def stop(self, task_arn: str) -> None:
        """Stop a task: its containers get SIGTERM, and SIGKILL after their stop timeout."""
        self.deliver(task_arn, StopRequested(time.time()))

    def state(self, task_arn: str) -> TaskState:
        """Return what the agent knows of a task; raises ``KeyError`` if it does not know it."""
        with self._lock:
            return self._tasks[task_arn].state

    def discard(self, task_arn: str) -> None:
        """Forget a task and remove its containers at once; nothing is reported any more."""
        with self._lock:
            task = self._tasks.pop(task_arn, None)
            if task is not None:
                self._admit(self._waiting.release(task.identity))
        if task is not None:
            self._in_background(self._remove, task.identity)

    def deliver(self, task_arn: str, event: Event) -> None:
        """Tell the agent of an event. One about a task that it does not know is dropped."""
        with self._lock:
            task = self._tasks.get(task_arn)
            if task is None or self._closing:
                return
            step = agent.step(task.state, event)
            task.state = step.task
            self._carry_out(task, step.actions)

    def close(self, timeout: float = 10.0) -> None:
        """Let go of all tasks without stopping them. No container is created after the return."""
        with self._lock:
            self._closing = True
            self._idle.wait_for(lambda: not self._creating, timeout)
        self._alarm.close()
        self._engine.close()

    def _carry_out(self, task: _Task, actions: tuple[Action, ...]) -> None:
        for action in actions:
            if isinstance(action, (ReportContainer, ReportTask)):
                self._report(task.identity, action)
            elif isinstance(action, WakeAt):
                self._alarm.at(action.at, partial(self._wake, task.identity.arn))
            else:
                self._in_background(self._perform, task.identity, action)
            if isinstance(action, ReportTask) and action.status is TaskStatus.STOPPED:
                self._admit(self._waiting.release(task.identity))
                clean_up = partial(self.discard, task.identity.arn)
                self._alarm.at(time.time() + self._keep_stopped, clean_up)

    def _admit(self, task_arns: Iterable[str]) -> None:
        for task_arn in task_arns:
            self.deliver(task_arn, Admitted(time.time()))

    def _remove(self, identity: TaskIdentity) -> None:
        try:
            self._engine.remove(identity)
        except Exception:  # noqa: BLE001 - the end of the run sweeps what is left
            if not self._closing:
                _LOG.warning("%s could not be removed", identity.arn, exc_info=True)

    def _in_background(self, work: Callable[..., None], *arguments: object) -> None:
        # A daemon thread: a pull that hangs must not keep the process from ending.
        threading.Thread(target=work, args=arguments, name="agent", daemon=True).start()

    def _perform(self, identity: TaskIdentity, action: EngineAction) -> None:
        makes = isinstance(action, (Create, Provision))
        if makes and not self._may_create():
            return
        try:
            event: Event = self._engine.perform(action, identity)
        except Exception as error:  # noqa: BLE001 - the agent must learn of it, whatever it was
            self._log(action, identity)
            event = _failure(action, error)
        finally:
            if makes:
                self._created()
        self.deliver(identity.arn, event)
        if makes and not self._knows(identity):
            self._remove(identity)  # it was made after all others had been removed

    def _log(self, action: EngineAction, identity: TaskIdentity) -> None:
        if not self._closing:  # else the end of the run has taken the ground from under it
            _LOG.exception("%s of %s failed", type(action).__name__, identity.arn)

    def _may_create(self) -> bool:
        with self._lock:
            if not self._closing:
                self._creating += 1
            return not self._closing

    def _created(self) -> None:
        with self._idle:
            self._creating -= 1
            self._idle.notify_all()

    def _knows(self, identity: TaskIdentity) -> bool:
        with self._lock:
            return identity.arn in self._tasks

    def _wake(self, task_arn: str) -> None:
        self.deliver(task_arn, TimePassed(time.time()))


def _failure(action: EngineAction, error: Exception) -> Event:
    now, words = time.time(), f"{type(error).__name__}: {error}"
    if isinstance(action, Provision):
        return ProvisionFailed(now, f"VolumeError: {words}")
    if isinstance(action, Pull):
        return PullFailed(action.container, now, f"CannotPullContainerError: {words}")
    if isinstance(action, Create):
        return CreateFailed(action.container, now, f"CannotCreateContainerError: {words}")
    if isinstance(action, Start):
        return StartFailed(action.container, now, f"CannotStartContainerError: {words}")
    return StopFailed(action.container, now, f"CannotStopContainerError: {words}")
