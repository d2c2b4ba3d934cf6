"""What the ECS service makes of the agent's reports: the task as DescribeTasks would show it.

Source: `Stopped task error codes
<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html>`_ and
the logs of Elastic Beanstalk environments; the service itself is not public.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from . import reasons
from .actions import ReportContainer, ReportTask
from .definition import TaskDefinition
from .events import PortBinding
from .status import ContainerStatus, TaskStatus


class Ending(NamedTuple):
    """Why a task stops: ``stoppedReason`` and ``stopCode`` of the ECS API."""

    reason: str
    code: str


def asked(reason: str | None = None) -> Ending:
    """Return the ending of a task that StopTask was called for."""
    return Ending(reason or reasons.STOPPED_BY_USER, reasons.CODE_USER_INITIATED)


def by_itself(reason: str, *, ran: bool) -> Ending:
    """Return the ending of a task that stops because of what happened in it.

    ``reason`` is the agent's, for a task that it refused. ``ran`` is whether the task has been
    RUNNING or an essential container :func:`has_exited`: then it has not failed to start, however
    early that was.
    """
    if reason:
        return Ending(reason, reasons.CODE_FAILED_TO_START)
    if ran:
        return Ending(reasons.ESSENTIAL_EXITED, reasons.CODE_ESSENTIAL_EXITED)
    return Ending(reasons.FAILED_TO_START, reasons.CODE_FAILED_TO_START)


def has_exited(status: str, exit_code: int | None, reason: str | None) -> bool:
    """Tell whether a container has run and exited: one that never started has no code of its own.

    The agent gives 143 to a container whose dependency failed. Its reason then is that it could not
    be started, or an earlier one, which sticks: that its image could not be pulled.
    """
    given_up = exit_code == reasons.NEVER_STARTED_EXIT_CODE and (reason or "").startswith("Cannot")
    return status == "STOPPED" and exit_code is not None and not given_up


@dataclass
class ContainerView:
    """One container as the service knows it; the members are those of the API's ``Container``."""

    name: str
    status: str = "PENDING"
    exit_code: int | None = None
    reason: str | None = None
    runtime_id: str | None = None
    health: str = "UNKNOWN"
    bindings: tuple[PortBinding, ...] = ()

    @property
    def has_exited(self) -> bool:
        """Whether the container has run and exited."""
        return has_exited(self.status, self.exit_code, self.reason)

    def members(self) -> dict[str, Any]:
        """Return what DescribeTasks shows of the container."""
        return {
            "name": self.name,
            "lastStatus": self.status,
            "exitCode": self.exit_code,
            "reason": self.reason,
            "runtimeId": self.runtime_id,
            "healthStatus": self.health,
            "networkBindings": [binding.members() for binding in self.bindings],
        }

    def take(self, report: ReportContainer) -> None:
        """Take over a report."""
        if report.status >= ContainerStatus.RUNNING:
            self.status = report.status.reported
        self.exit_code = report.exit_code
        self.reason = report.reason
        self.runtime_id = report.runtime_id
        self.health = report.health or self.health
        self.bindings = self.bindings or report.bindings


class TaskView:
    """A task as the service knows it. ``status`` and ``desired_status`` are the API's words."""

    def __init__(self, definition: TaskDefinition) -> None:
        self.status = "PENDING"
        self.desired_status = "RUNNING"
        self.ending: Ending | None = None
        self.containers = {c.name: ContainerView(c.name) for c in definition.containers}
        self._essential = [self.containers[c.name] for c in definition.containers if c.essential]
        self._has_run = False

    def members(self) -> dict[str, Any]:
        """Return what DescribeTasks shows of the task."""
        return {
            "lastStatus": self.status,
            "desiredStatus": self.desired_status,
            "stopCode": self.ending.code if self.ending else None,
            "stoppedReason": self.ending.reason if self.ending else None,
            "containers": [container.members() for container in self.containers.values()],
        }

    def take(self, report: ReportContainer | ReportTask) -> None:
        """Take over a report of the agent, and conclude what it means for the task."""
        if isinstance(report, ReportContainer):
            self.containers[report.container].take(report)
            if any(c.status == "STOPPED" for c in self._essential):
                self._end_by_itself("")
            return
        if report.status >= TaskStatus.RUNNING:
            self.status = report.status.reported
        if report.status is TaskStatus.RUNNING:
            self._has_run = True
        elif report.status is TaskStatus.STOPPED:
            self._end_by_itself(report.reason)

    def ask_to_stop(self, reason: str | None = None) -> None:
        """Note that StopTask was called."""
        self._end(asked(reason))

    def _end_by_itself(self, reason: str) -> None:
        ran = self._has_run or any(c.has_exited for c in self._essential)
        ending = by_itself(reason, ran=ran)
        if reason and self.ending is not None and self.ending.code != reasons.CODE_USER_INITIATED:
            self.ending = ending  # its containers, told of before, had stopped because of that
        self._end(ending)

    def _end(self, ending: Ending) -> None:
        if self.ending is None:  # the first reason counts
            self.ending, self.desired_status = ending, "STOPPED"


def beanstalk_text(reason: str, containers: Iterable[ContainerView]) -> str:
    """Return the words with which Elastic Beanstalk tells that a task has stopped.

    They are those of its event and of ``/var/log/eb-ecs-mgr.log``: of the containers it names the
    reasons, and no exit codes.
    """
    told = "\n".join(f"{c.name}: {c.reason or ''}" for c in containers)
    return f"ECS task stopped due to: {reason}. ({told})"
