"""One vocabulary for both engines: a host runs tasks, and a task tells what became of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from conformance.vocabulary import App, Json
from pytest_multidocker.dockerrun import parse_containers, parse_volumes
from pytest_multidocker.ecs.actions import ReportContainer, ReportTask
from pytest_multidocker.ecs.definition import TaskDefinition
from pytest_multidocker.ecs.state import TaskState
from pytest_multidocker.ecs.status import TaskStatus
from pytest_multidocker.engine.identity import TaskIdentity

if TYPE_CHECKING:
    from typing_extensions import Self

Report = ReportContainer | ReportTask
STOP_TIMEOUT = 5
"""Seconds that a container without ``stopTimeout`` has in a case, unless it is given others."""


class Task(ABC):
    """A task in a case. Times are seconds on the engine's own clock."""

    def __init__(self, identity: TaskIdentity) -> None:
        self.identity = identity
        self.arn = identity.arn

    # --- what the agent has reported ------------------------------------------------------------

    @property
    @abstractmethod
    def reports(self) -> list[Report]:
        """All reports of the task, in order."""

    @property
    def order(self) -> list[tuple[str, str]]:
        """What was reported, as (container name or "task", status)."""
        return [(_who(report), report.status.name) for report in self.reports]

    def of(self, name: str) -> ReportContainer:
        """Return the last report of a container."""
        reports = (r for r in self.reports if isinstance(r, ReportContainer))
        return [r for r in reports if r.container == name][-1]

    def of_task(self) -> ReportTask:
        """Return the last report of the task itself."""
        return [r for r in self.reports if isinstance(r, ReportTask)][-1]

    def exit_codes(self) -> dict[str, int | None]:
        """Return the exit codes as they were last reported."""
        return {c.name: self.of(c.name).exit_code for c in self.identity.definition.containers}

    def why(self, name: str) -> str:
        """Return a container's reason; fail where it has none."""
        reason = self.of(name).reason
        assert reason is not None, f"{name} has no reason: {self.of(name)}"
        return reason

    @property
    @abstractmethod
    def state(self) -> TaskState:
        """What the agent knows of the task."""

    @property
    def goes_on(self) -> bool:
        """Whether the agent means the task to run: nothing has been asked that would stop it."""
        return self.state.desired is TaskStatus.RUNNING

    # --- waiting ----------------------------------------------------------------------------

    @abstractmethod
    def until(self, done: Callable[[], bool]) -> None:
        """Return when ``done`` is true after a report; fail where that does not come in time."""

    def wait(self, *what: tuple[str, str]) -> Self:
        """Return when all of (name or "task", status) were reported."""
        self.until(lambda: set(what) <= set(self.order))
        return self

    def running(self) -> Self:
        """Return when the task is RUNNING and its containers are ready for signals."""
        self.wait(("task", "RUNNING"))
        for container in self.identity.definition.containers:
            self.ready(container.name)
        return self

    def stopped(self) -> Self:
        """Return when the task is STOPPED."""
        return self.wait(("task", "STOPPED"))

    def ready(self, name: str) -> Self:
        """Return when a container runs and its signal handlers stand."""
        self.until(lambda: any((name, status) in self.order for status in ("RUNNING", "STOPPED")))
        return self

    def healthy(self, name: str, health: str = "HEALTHY") -> Self:
        """Return when that health of a container was reported."""
        self.until(
            lambda: any(
                isinstance(r, ReportContainer) and (r.container, r.health) == (name, health)
                for r in self.reports
            )
        )
        return self

    @abstractmethod
    def said(self, name: str, line: str) -> Self:
        """Return when a container has printed a line, or when its script has come to its end."""

    # --- what is done to it ---------------------------------------------------------------------

    @abstractmethod
    def stop(self) -> Self:
        """Ask the agent to stop the task."""

    @abstractmethod
    def signal(self, name: str, signal: str) -> Self:
        """Send a signal, such as USR1, to a container behind the agent's back."""

    @abstractmethod
    def started(self, name: str, times: int) -> Self:
        """Return when a container has been started that often, and is ready for signals."""

    @abstractmethod
    def gone(self) -> Self:
        """Return when the engine has nothing left of the task; fail where that takes too long."""

    # --- what the engine knows of it --------------------------------------------------------

    @abstractmethod
    def exists(self, name: str) -> bool:
        """Tell whether the engine has the container."""

    @abstractmethod
    def is_alive(self, name: str) -> bool:
        """Tell whether the container's process runs."""

    @abstractmethod
    def created_at(self, name: str) -> float:
        """Return when the container was created."""

    @abstractmethod
    def started_at(self, name: str) -> float:
        """Return when it was started, the last time."""

    @abstractmethod
    def ended_at(self, name: str) -> float:
        """Return when its process ended."""

    @abstractmethod
    def docker_name(self, name: str) -> str:
        """Return the name under which the engine has the container."""

    @abstractmethod
    def address(self, name: str) -> str:
        """Return its address on the bridge."""

    @abstractmethod
    def resolve(self, name: str, *hosts: str) -> dict[str, str | None]:
        """Return the addresses that host names have inside the container, ``None`` for none."""


class Host(ABC):
    """An agent on an engine."""

    def __init__(self) -> None:
        self._count = 0

    def run(self, *apps: App, volumes: list[Json] | None = None, **definition: Any) -> Task:
        """Let the agent take up a task of these containers."""
        return self.take_up(self.define(*apps, volumes=volumes, **definition), apps)

    def define(
        self, *apps: App, volumes: list[Json] | None = None, **definition: Any
    ) -> TaskDefinition:
        """Return a task definition of these containers, of 16 MiB each unless they say else."""
        self._count += 1
        containers = [{"image": self.image(a), "memory": 16, **a.json} for a in apps]
        fields = {"stop_timeout": STOP_TIMEOUT, **definition}
        return TaskDefinition(
            "fam", self._count, parse_containers(containers), parse_volumes(volumes or []), **fields
        )

    @abstractmethod
    def image(self, container: App) -> str:
        """Return an image that behaves as the container does."""

    @abstractmethod
    def take_up(self, definition: TaskDefinition, apps: tuple[App, ...]) -> Task:
        """Hand a task of the definition to the agent."""

    @abstractmethod
    def close(self) -> None:
        """Let go of all tasks and remove what is left of them."""


def _who(report: Report) -> str:
    return report.container if isinstance(report, ReportContainer) else "task"
