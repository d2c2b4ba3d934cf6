"""What the agent asks for, in answer to an event."""

from __future__ import annotations

from dataclasses import dataclass

from .events import PortBinding
from .status import ContainerStatus, TaskStatus


@dataclass(frozen=True)
class Provision:
    """Make the Docker volumes that the task's containers mount, before any image is pulled."""


@dataclass(frozen=True)
class Pull:
    """Make the container's image available."""

    container: str


@dataclass(frozen=True)
class Create:
    """Create the container."""

    container: str


@dataclass(frozen=True)
class Start:
    """Start the created container, or again the one that has exited."""

    container: str


@dataclass(frozen=True)
class Stop:
    """Send the container its stop signal, and SIGKILL after ``timeout`` seconds."""

    container: str
    timeout: int


@dataclass(frozen=True)
class ReportContainer:
    """Tell the ECS service about a container (``SubmitContainerStateChange``)."""

    container: str
    status: ContainerStatus
    runtime_id: str | None = None
    exit_code: int | None = None
    reason: str | None = None
    bindings: tuple[PortBinding, ...] = ()
    health: str | None = None
    image_digest: str | None = None


@dataclass(frozen=True)
class ReportTask:
    """Tell the ECS service about the task (``SubmitTaskStateChange``).

    ``reason`` is the agent's own, and empty unless the task could not be taken up at all.
    ``containers`` are those whose image has a digest, for which the report of a container has no
    place.
    """

    status: TaskStatus
    at: float
    reason: str = ""
    execution_stopped_at: float | None = None
    pull_started_at: float | None = None
    pull_stopped_at: float | None = None
    containers: tuple[ReportContainer, ...] = ()


@dataclass(frozen=True)
class WakeAt:
    """Send ``TimePassed`` at that time, unless the task has stopped by then."""

    at: float


Action = Provision | Pull | Create | Start | Stop | ReportContainer | ReportTask | WakeAt
