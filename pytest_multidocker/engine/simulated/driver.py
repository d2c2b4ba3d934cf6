"""Drives the agent on the simulated engine: one thread, a virtual clock.

What :class:`pytest_multidocker.engine.driver.Driver` does with threads and the time of day happens
here in the order of the agenda, so that the same task runs in the same way each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from ...ecs import agent
from ...ecs.accounting import required
from ...ecs.actions import Action, ReportContainer, ReportTask, WakeAt
from ...ecs.events import Admitted, Event, StopRequested, TimePassed
from ...ecs.namespaces import with_pause
from ...ecs.state import TaskState
from ...ecs.status import TaskStatus
from ..identity import TaskIdentity
from ..waiting import Needs, Room, Waiting
from .engine import SimulatedEngine

if TYPE_CHECKING:
    from ..driver import Reporter


Observer = Callable[[TaskIdentity, TaskState | None, Event | None, agent.Step], None]
"""Told of every step of the agent: the task before it, the event, and the step itself."""


@dataclass
class _Task:
    identity: TaskIdentity
    state: TaskState


class SimulatedDriver:
    """The agent of one container instance in a simulation.

    ``report``, ``keep_stopped`` (seconds), ``room`` and ``needs`` are as those of the real driver;
    ``observe`` is told of each step. Nothing happens before :meth:`advance` or :meth:`run_until` is
    called, apart from what needs no time.
    """

    def __init__(
        self,
        engine: SimulatedEngine,
        report: Reporter,
        *,
        keep_stopped: float = float("inf"),
        room: Room = lambda _task: None,
        needs: Needs = required,
        observe: Observer = lambda *_: None,
    ) -> None:
        self.engine = engine
        self.agenda = engine.agenda
        self._report = report
        self._keep_stopped = keep_stopped
        self._waiting = Waiting(room, needs)
        self._observe = observe
        self._tasks: dict[str, _Task] = {}
        engine.watch(self.deliver)

    @property
    def now(self) -> float:
        """The virtual time, in seconds."""
        return self.agenda.now

    # --- what every driver does -------------------------------------------------------------

    def run(self, identity: TaskIdentity) -> None:
        """Take up a task."""
        identity = replace(identity, definition=with_pause(identity.definition))
        waits = self._waiting.enqueue(identity)
        accepted = agent.accept(identity.definition, self.now, arn=identity.arn, admitted=not waits)
        task = _Task(identity, accepted.task)
        self._tasks[identity.arn] = task
        self._observe(identity, None, None, accepted)
        self._carry_out(task, accepted.actions)
        self._admit(self._waiting.admit(identity.instance))

    def stop(self, task_arn: str) -> None:
        """Stop a task: its containers get SIGTERM, and SIGKILL after their stop timeout."""
        self.deliver(task_arn, StopRequested(self.now))

    def discard(self, task_arn: str) -> None:
        """Forget a task and its containers; nothing is reported any more."""
        if (task := self._tasks.pop(task_arn, None)) is not None:
            self._admit(self._waiting.release(task.identity))
            self.engine.remove(task.identity)

    def deliver(self, task_arn: str, event: Event) -> None:
        """Tell the agent of an event. One about a task that it does not know is dropped."""
        if (task := self._tasks.get(task_arn)) is None:
            return
        before, step = task.state, agent.step(task.state, event)
        task.state = step.task
        self._observe(task.identity, before, event, step)
        self._carry_out(task, step.actions)

    def close(self) -> None:
        """Let go of all tasks without stopping them."""
        self._tasks.clear()
        self.engine.close()

    # --- what can be done in a simulation only ----------------------------------------------

    def state(self, task_arn: str) -> TaskState:
        """Return what the agent knows of a task; raises ``KeyError`` if it does not know it."""
        return self._tasks[task_arn].state

    def kill(self, task_arn: str, container: str, signal: str = "SIGKILL") -> None:
        """Send a signal to a container now; raises ``TaskError`` where it does not run."""
        self.engine.kill(task_arn, container, signal)

    def oom(self, task_arn: str, container: str) -> None:
        """Let a container exceed its hard limit now; raises ``TaskError`` where it cannot."""
        self.engine.oom(task_arn, container)

    def at(self, when: float, call: Callable[[], None]) -> None:
        """Make a call at that time of the virtual clock, such as a fault."""
        self.agenda.at(when, call)

    def advance(self, until: float | None = None) -> None:
        """Let time pass, to ``until`` or else until nothing more will happen."""
        if until is not None:
            self.agenda.pass_to(until)
            return
        while self.agenda.next_time is not None:
            self.agenda.step()

    def run_until(self, done: Callable[[], bool], until: float = float("inf")) -> bool:
        """Let time pass until ``done`` is true, and return whether it came true.

        It does not where nothing more will happen, or not before ``until``.
        """
        while not done():
            due = self.agenda.next_time
            if due is None or due > until:
                return False
            self.agenda.step()
        return True

    def _carry_out(self, task: _Task, actions: tuple[Action, ...]) -> None:
        arn = task.identity.arn
        for action in actions:
            if isinstance(action, (ReportContainer, ReportTask)):
                self._report(task.identity, action)
            elif isinstance(action, WakeAt):
                self.agenda.at(action.at, partial(self._wake, arn))
            else:
                event = self.engine.perform(action, task.identity)
                self.agenda.at(event.at, partial(self.deliver, arn, event))
            if isinstance(action, ReportTask) and action.status is TaskStatus.STOPPED:
                self._admit(self._waiting.release(task.identity))
                self._clean_up_later(arn)

    def _admit(self, task_arns: Iterable[str]) -> None:
        for task_arn in task_arns:
            self.deliver(task_arn, Admitted(self.now))

    def _clean_up_later(self, task_arn: str) -> None:
        if self._keep_stopped < float("inf"):
            self.agenda.at(self.now + self._keep_stopped, partial(self.discard, task_arn))

    def _wake(self, task_arn: str) -> None:
        self.deliver(task_arn, TimePassed(self.now))
