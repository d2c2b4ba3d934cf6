"""One task in a simulation: its agent, what ECS knows of it, and the story of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from ...ecs.actions import ReportContainer, ReportTask
from ...ecs.agent import Step
from ...ecs.definition import TaskDefinition
from ...ecs.dependencies import awaited_to_end
from ...ecs.events import Event
from ...ecs.service import TaskView
from ...ecs.state import TaskState
from ...ecs.timeline import TASK, Entry, Timeline
from ...errors import TaskError
from ..identity import TaskIdentity
from .container import SimulatedContainer
from .driver import SimulatedDriver
from .engine import SimulatedEngine
from .script import Script

_JOB = 1.0  # seconds that a container runs whose end others wait for


class Simulation:
    """A task that is placed on an instance of its own, at second 0 of a clock of its own.

    ``view`` is the task as ECS shows it, ``entries`` what has happened so far. ``scripts`` are by
    the names of containers: one without runs until it is stopped, unless others wait for its end,
    then it exits with 0 after a second. The other options are those of the engine.
    """

    def __init__(
        self,
        identity: TaskIdentity,
        scripts: Mapping[str, Script],
        *,
        extra_hosts: Callable[[], Mapping[str, str]] = dict,
        fixed_ports: bool = True,
    ) -> None:
        self.identity = identity
        self.view = TaskView(identity.definition)
        self.entries: list[Entry] = []
        self.missed: list[str] = []
        """Why faults that should have come did not, a sentence each."""
        self._timeline = Timeline()
        scripts = {**_by_default(identity.definition), **scripts}
        self.engine = SimulatedEngine(scripts, extra_hosts=extra_hosts, fixed_ports=fixed_ports)
        self.driver = SimulatedDriver(self.engine, self._report, observe=self._observe)
        self.driver.run(identity)

    @property
    def definition(self) -> TaskDefinition:
        """The task's definition."""
        return self.identity.definition

    @property
    def state(self) -> TaskState:
        """What the agent knows of the task."""
        return self.driver.state(self.identity.arn)

    def running(self) -> list[SimulatedContainer]:
        """Return the containers that run."""
        return [c for c in self.engine.containers(self.identity.arn) if c.is_running]

    # --- what can be done to it, at once or at a second of its clock ------------------------

    def kill(self, container: str, signal: str = "SIGKILL") -> None:
        """Send a signal to a container; raises :class:`TaskError` where it does not run."""
        self.driver.kill(self.identity.arn, container, signal)
        self._note(container, "SIGNAL", f"{signal} is sent to it")

    def oom(self, container: str) -> None:
        """Let a container exceed its hard limit; raises :class:`TaskError` where it cannot."""
        self.driver.oom(self.identity.arn, container)
        self._note(container, "MEMORY", "it uses more than its hard limit")

    def stop(self, reason: str | None = None) -> None:
        """Stop the task, as StopTask does."""
        self.view.ask_to_stop(reason)
        self.driver.stop(self.identity.arn)

    def at(self, second: float, who: str, fault: Callable[[], None]) -> None:
        """Let a fault come at that second; one that is not possible then is an entry."""
        self.driver.at(second, partial(self._attempt, who, fault))

    def _attempt(self, who: str, fault: Callable[[], None]) -> None:
        try:
            fault()
        except TaskError as error:
            self.missed.append(str(error))
            self._note(who, "NO FAULT", str(error))

    # --- what is told of it -----------------------------------------------------------------

    def _report(self, _identity: TaskIdentity, report: ReportContainer | ReportTask) -> None:
        self.view.take(report)

    def _observe(
        self, _identity: TaskIdentity, before: TaskState | None, event: Event | None, step: Step
    ) -> None:
        now = self.engine.agenda.now
        self.entries += self._timeline.tell(before, event, step, now)

    def _note(self, who: str, what: str, detail: str) -> None:
        self.entries.append(Entry(self.engine.agenda.now, who or TASK, what, detail))


def _by_default(definition: TaskDefinition) -> dict[str, Script]:
    return {name: Script(exit_after=_JOB) for name in awaited_to_end(definition.containers)}
