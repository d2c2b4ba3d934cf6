"""What the agent knows of a task: frozen, one value after each event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..dockerrun.model import ContainerDefinition
from .definition import TaskDefinition
from .environment import needs_fetching
from .events import Died, PortBinding
from .reasons import trim
from .status import ContainerStatus, TaskStatus


@dataclass(frozen=True)
class ContainerState:
    """One container of a task.

    ``known`` is how far it has come, ``desired`` how far it shall come, ``in_flight`` the status
    that an action under way leads to. ``reason`` is that of the first error, which sticks.
    ``ended`` is its last end, for as long as it is being started again after it. ``dying`` is
    whether it has ended, how being still to be told.
    """

    definition: ContainerDefinition
    known: ContainerStatus = ContainerStatus.NONE
    desired: ContainerStatus = ContainerStatus.RUNNING
    in_flight: ContainerStatus | None = None
    runtime_id: str | None = None
    exit_code: int | None = None
    reason: str | None = None
    health: str = "UNKNOWN"
    health_since: float | None = None
    started_at: float | None = None
    stopped_at: float | None = None
    ran: bool = False
    bindings: tuple[PortBinding, ...] = ()
    image_digest: str | None = None
    ended: Died | None = None
    dying: bool = False
    restart_count: int = 0
    last_restart_at: float | None = None

    @property
    def name(self) -> str:
        """The container definition's name."""
        return self.definition.name

    @property
    def is_stopped(self) -> bool:
        """Whether the container has reached its last status."""
        return self.known is ContainerStatus.STOPPED

    @property
    def never_ran(self) -> bool:
        """Whether the container has not run and never will."""
        return not self.ran and ContainerStatus.STOPPED in {self.known, self.desired}

    def with_reason(self, reason: str) -> ContainerState:
        """Return the container with that reason, unless an earlier error has given it one."""
        return self if self.reason else replace(self, reason=trim(reason))

    def __str__(self) -> str:
        """Return the form in which the agent names a container in its errors."""
        image = self.definition.image
        return f"{self.name}({image}) ({self.known.name}->{self.desired.name})"


@dataclass(frozen=True)
class TaskState:
    """A task in the agent's hands. ``reason`` is set only where the agent refused the task.

    Nothing is done for it before it is ``admitted``, and no image is pulled before its Docker
    volumes, secrets and environment files are ``provisioned``. ``restopped`` is whether a container
    that others had started again was stopped; that is done once.
    """

    definition: TaskDefinition
    containers: Mapping[str, ContainerState] = field(hash=False)
    known: TaskStatus = TaskStatus.NONE
    desired: TaskStatus = TaskStatus.RUNNING
    reason: str = ""
    execution_stopped_at: float | None = None
    pull_started_at: float | None = None
    pull_stopped_at: float | None = None
    wake_at: float | None = None
    arn: str = ""
    admitted: bool = True
    provisioning: bool = False
    provisioned: bool = True
    restopped: bool = False

    @classmethod
    def of(cls, definition: TaskDefinition, arn: str = "", *, admitted: bool = True) -> TaskState:
        """Return the state of a task that nothing has been done for."""
        containers = {c.name: ContainerState(c) for c in definition.containers}
        provisioned = not definition.docker_volumes and not needs_fetching(definition)
        return cls(definition, containers, arn=arn, admitted=admitted, provisioned=provisioned)

    def with_container(self, container: ContainerState) -> TaskState:
        """Return the task with that container in the place of the one of its name."""
        return replace(self, containers={**self.containers, container.name: container})
