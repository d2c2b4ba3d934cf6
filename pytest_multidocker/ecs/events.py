"""What the agent is told. Times are seconds since the epoch, on the driver's clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class PortBinding:
    """A container port that the engine has published (``networkBindings`` of the ECS API).

    A range of ports is one binding: ``container_port`` and ``host_port`` are its first.
    """

    container_port: int
    host_port: int
    protocol: str = "tcp"
    bind_ip: str = "0.0.0.0"  # noqa: S104 - what Docker reports for a port open to all
    container_port_range: str | None = None
    host_port_range: str | None = None

    @classmethod
    def of_members(cls, members: Mapping[str, Any]) -> PortBinding:
        """Return the binding that an answer of the ECS API gives."""
        ranges = members.get("containerPortRange"), members.get("hostPortRange")
        ports = [int(str(r).partition("-")[0]) for r in ranges if r]
        container_port, host_port = ports or (members["containerPort"], members["hostPort"])
        return cls(
            container_port, host_port, members.get("protocol", "tcp"), members["bindIP"], *ranges
        )

    def host_port_of(self, container_port: int) -> int | None:
        """Return the host port of one of its container ports; ``None`` for any other port."""
        _, _, last = (self.container_port_range or str(self.container_port)).rpartition("-")
        inside = self.container_port <= container_port <= int(last)
        return self.host_port + container_port - self.container_port if inside else None

    def members(self) -> dict[str, str | int]:
        """Return it in the members of the ECS API's ``NetworkBinding``."""
        ports: dict[str, str | int] = {
            "containerPort": self.container_port,
            "hostPort": self.host_port,
        }
        if self.container_port_range and self.host_port_range:
            ports = {
                "containerPortRange": self.container_port_range,
                "hostPortRange": self.host_port_range,
            }
        return {"bindIP": self.bind_ip, **ports, "protocol": self.protocol}


@dataclass(frozen=True)
class Pulled:
    """The image is there."""

    container: str
    at: float
    image_digest: str | None = None


@dataclass(frozen=True)
class PullFailed:
    """The image could not be pulled; ``reason`` names the agent's error.

    ``fatal`` is whether that ends the whole task: with the pull behaviours ``always`` and ``once``
    no image that is there already will do.
    """

    container: str
    at: float
    reason: str
    fatal: bool = False


@dataclass(frozen=True)
class Created:
    """The container exists."""

    container: str
    at: float
    runtime_id: str


@dataclass(frozen=True)
class CreateFailed:
    """The engine refused to create the container."""

    container: str
    at: float
    reason: str


@dataclass(frozen=True)
class Started:
    """The container runs."""

    container: str
    at: float
    bindings: tuple[PortBinding, ...] = ()


@dataclass(frozen=True)
class StartFailed:
    """The engine could not start the container.

    ``uncertain`` is whether it may have started, or may yet: the engine gave no answer.
    """

    container: str
    at: float
    reason: str
    uncertain: bool = False


@dataclass(frozen=True)
class Dying:
    """The container's first process has ended; ``Died`` follows as soon as it is known how.

    An engine may leave it out. Docker tells at once that a container died, and how only when its
    network is torn down, a tenth of a second later: too long for the others to go on.
    """

    container: str
    at: float


@dataclass(frozen=True)
class Died:
    """The container's first process ended.

    ``exit_code`` is ``None`` where the engine knows none; ``error`` is the engine's own word on
    the container's state; ``bindings`` are the ports that it had published; ``reason`` names the
    agent's error where the engine could not be asked how it ended.
    """

    container: str
    at: float
    exit_code: int | None
    oom_killed: bool = False
    error: str = ""
    bindings: tuple[PortBinding, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class StopFailed:
    """The engine answers, but could not stop the container."""

    container: str
    at: float
    reason: str


@dataclass(frozen=True)
class HealthChanged:
    """The container's health check has a new result: HEALTHY, UNHEALTHY or UNKNOWN."""

    container: str
    at: float
    health: str


@dataclass(frozen=True)
class Revived:
    """The container runs though it had stopped, and nobody had asked the engine to start it."""

    container: str
    at: float


@dataclass(frozen=True)
class Provisioned:
    """The task's Docker volumes are there."""

    at: float


@dataclass(frozen=True)
class ProvisionFailed:
    """The task's Docker volumes cannot be had.

    ``initialisation`` is whether the agent would have found out before it took the task up.
    """

    at: float
    reason: str
    initialisation: bool = False


@dataclass(frozen=True)
class Admitted:
    """The instance has room for the task, which had to wait for it."""

    at: float


@dataclass(frozen=True)
class StopRequested:
    """Somebody asked for the task to be stopped."""

    at: float


@dataclass(frozen=True)
class TimePassed:
    """The time that a ``WakeAt`` asked for has come."""

    at: float


ContainerEvent = (
    Pulled
    | PullFailed
    | Created
    | CreateFailed
    | Started
    | StartFailed
    | Dying
    | Died
    | StopFailed
    | HealthChanged
    | Revived
)
EngineEvent = ContainerEvent | Provisioned | ProvisionFailed
Event = EngineEvent | Admitted | StopRequested | TimePassed
