"""A task as ECS reports it, and waiting for what it reports.

A wait lasts for as long as what is waited for can still come, and no longer.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..dockerrun.model import ContainerDefinition
from ..ecs.definition import TaskDefinition
from ..ecs.dependencies import awaited_to_end
from ..errors import TaskError
from .diagnosis import diagnosis

if TYPE_CHECKING:
    from .monitor import Monitor

DEFAULT_TIMEOUT = 60.0
"""Seconds that a wait lasts at most, unless it is given its own."""
_LAST_WORDS = 5.0  # seconds given to a task that fails, so that its last container is heard


@dataclass(frozen=True)
class ContainerStatus:
    """What ECS knows of one container: the members of the API's ``Container``."""

    name: str
    status: str
    exit_code: int | None
    reason: str | None
    runtime_id: str | None
    health: str
    bindings: tuple[Mapping[str, Any], ...]

    def __str__(self) -> str:
        """Return one line, such as ``nginx STOPPED, exit code 137``."""
        parts = [f"{self.name} {self.status}"]
        if self.exit_code is not None:
            parts.append(f"exit code {self.exit_code}")
        if self.reason:
            parts.append(self.reason)
        return ", ".join(parts)


class ReportedTask(ABC):
    """What ECS knows of a task, from the emulator's events. The engine behind it is not asked."""

    def __init__(self, monitor: Monitor, arn: str, definition: TaskDefinition) -> None:
        self.monitor = monitor
        self.arn = arn
        self.definition = definition

    @abstractmethod
    def last_lines(self, container: str, lines: int = 10, since: float | None = None) -> str:
        """Return the end of a container's log, for messages; "" where there is none."""

    @abstractmethod
    def last_health_check(self, container: str) -> str:
        """Return what the last health check printed; "" where there was none."""

    @property
    def status(self) -> str:
        """``lastStatus`` of the task: PENDING, RUNNING or STOPPED."""
        return str(self._snapshot["lastStatus"])

    @property
    def stop_code(self) -> str | None:
        """``stopCode``, such as ``EssentialContainerExited``."""
        return self._snapshot["stopCode"]  # type: ignore[no-any-return]

    @property
    def stopped_reason(self) -> str | None:
        """``stoppedReason``, such as ``Essential container in task exited``."""
        return self._snapshot["stoppedReason"]  # type: ignore[no-any-return]

    @property
    def is_stopping(self) -> bool:
        """Whether the task shall be stopped, or is."""
        return bool(self._snapshot["desiredStatus"] == "STOPPED")

    @property
    def containers(self) -> dict[str, ContainerStatus]:
        """What ECS knows of the containers, by name."""
        return {
            entry["name"]: ContainerStatus(
                name=entry["name"],
                status=entry["lastStatus"],
                exit_code=entry["exitCode"],
                reason=entry["reason"],
                runtime_id=entry["runtimeId"],
                health=entry["healthStatus"],
                bindings=tuple(entry["networkBindings"]),
            )
            for entry in self._snapshot["containers"]
        }

    @property
    def _snapshot(self) -> Mapping[str, Any]:
        snapshot = self.monitor.task(self.arn)
        if snapshot is None:
            raise TaskError(f"The emulator has not told of task {self.arn}.")
        return snapshot

    def summary(self) -> str:
        """Return the task and its containers as ECS knows them, a line each."""
        head = f"task {self.status}"
        if self.stopped_reason:
            head += f": {self.stopped_reason} ({self.stop_code})"
        return "\n".join([head, *(f"  {container}" for container in self.containers.values())])

    def definition_of(self, container: str) -> ContainerDefinition:
        """Return a container's definition; raises :class:`TaskError` if there is none."""
        try:
            return self.definition.container(container)
        except KeyError:
            names = ", ".join(c.name for c in self.definition.containers)
            raise TaskError(f"There is no container '{container}' here, only {names}.") from None

    # --- waiting ----------------------------------------------------------------------------

    def wait(self, done: Callable[[], bool], timeout: float = DEFAULT_TIMEOUT) -> bool:
        """Return whether ``done`` came true within ``timeout`` seconds; asked after every event."""
        return self.monitor.wait(done, timeout)

    def wait_running(self, timeout: float = DEFAULT_TIMEOUT) -> None:
        """Wait until the task runs; raises :class:`TaskError` if it stops instead, or never does.

        The error has every container's exit code and reason, what it waits for, and the last lines
        of its log.
        """
        settled = self.wait(self._is_settled, timeout)
        if settled and self.status == "RUNNING" and not self.is_stopping:
            return
        if settled and self.is_stopping:
            self.wait(lambda: self.status == "STOPPED", _LAST_WORDS)
        late = "" if settled else f" within {timeout:g} s"
        raise TaskError(self.failure(f"The task did not come to run{late}"))

    def _is_settled(self) -> bool:
        """Tell whether the task runs, or it is certain that it will not."""
        return self._known() and (self.status == "RUNNING" or self.is_stopping)

    @property
    def stop_patience(self) -> float:
        """For how many seconds the task may be stopping: links can put all stops in one row."""
        default = self.definition.stop_timeout
        stops = (c.stop_timeout or default for c in self.definition.containers)
        return sum(stops) + DEFAULT_TIMEOUT

    def wait_stopped(self, timeout: float | None = None) -> None:
        """Wait until the task has stopped; raises :class:`TaskError` if it has not.

        ``timeout`` is in seconds; by default all containers may use their stop timeouts.
        """
        timeout = self.stop_patience if timeout is None else timeout
        if not self.wait(lambda: self.status == "STOPPED", timeout):
            raise TaskError(self.failure(f"The task has not stopped within {timeout:g} s"))

    def wait_container_stopped(self, container: str, timeout: float = DEFAULT_TIMEOUT) -> bool:
        """Return whether the container has stopped within ``timeout`` seconds."""
        name = self.definition_of(container).name
        return self.wait(lambda: self.containers[name].status == "STOPPED", timeout)

    def has_finished(self, container: str) -> bool:
        """Tell whether the container has ended in order: with exit code 0, or as others await it.

        So does what others have in ``dependsOn`` with the condition SUCCESS or COMPLETE.
        """
        seen = self.containers[self.definition_of(container).name]
        in_order = seen.exit_code == 0 or container in awaited_to_end(self.definition.containers)
        return seen.status == "STOPPED" and in_order

    def failure(self, what: str) -> str:
        """Return ``what`` with the state of the task and the last words of what has stopped."""
        if not self._known():
            return f"{what}: the emulator never told of it."
        return f"{what}:\n{diagnosis(self)}"

    def _known(self) -> bool:
        return self.monitor.task(self.arn) is not None
