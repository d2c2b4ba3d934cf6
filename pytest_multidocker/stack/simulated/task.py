"""One simulated task, as a test holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, cast

from ...errors import NotSimulated
from ..task import Task
from .monitor import SimulatedMonitor
from .probe import SimulatedProbe

if TYPE_CHECKING:
    from ...engine.container import EcsContainer
    from ...engine.simulated.container import SimulatedContainer
    from ...engine.simulated.simulation import Simulation
    from ..databases import Databases, ElastiCacheCluster, RdsDatabase
    from ..platform import Platform
    from ..probe import Probe

ANSWER = "simulated"
"""What a published port of a simulated container answers: its script listens, and says nothing."""


class _NoPlatform:
    """The platform of a task that has none: whatever needs it is not simulated."""

    def __init__(self, monitor: SimulatedMonitor) -> None:
        self.monitor = monitor

    def __getattr__(self, name: str) -> NoReturn:
        raise NotSimulated("what needs a container")


class SimulatedTask(Task):
    """A task on the simulated engine, with the methods of one that has containers.

    Waiting passes virtual time, and none of this machine's. Methods that only containers have an
    answer to raise :class:`~pytest_multidocker.errors.NotSimulated`.
    """

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        identity = simulation.identity
        platform = cast("Platform", _NoPlatform(SimulatedMonitor(simulation)))
        super().__init__(
            platform,
            cast("Databases", None),
            identity.arn,
            identity.definition,
            lambda: simulation.driver.discard(identity.arn),
        )

    # --- what a simulation knows ------------------------------------------------------------

    def kill(self, container: str, signal: str = "SIGKILL") -> None:
        """Send a signal to a container; its script says what that does to it."""
        self.simulation.kill(self.definition_of(container).name, signal)

    def oom(self, container: str) -> None:
        """Let a container exceed its hard limit; raises :class:`TaskError` if it has none."""
        self.simulation.oom(self.definition_of(container).name)

    def heal(self) -> None:
        """Do nothing: what can be healed is not simulated."""

    def stop(self, reason: str | None = None) -> None:
        """Stop the task as StopTask does, and let time pass until it has stopped."""
        self.simulation.stop(reason)
        self.wait_stopped()

    def clock(self) -> float:
        """Return the virtual time, in seconds."""
        return self.simulation.driver.now

    def is_alive(self, container: str) -> bool:
        """Tell whether the container runs."""
        return self._found(container).is_running

    def ip_address(self, container: str) -> str:
        """Return the container's address on the simulated bridge."""
        return self._found(container).address

    def exposed_ports(self, container: str) -> set[int]:
        """Return the TCP ports that the definition maps; what an image exposes is not known."""
        mappings = self.definition_of(container).port_mappings
        return {port for m in mappings if m.protocol == "tcp" for port in m.container_ports}

    def answer(self, container: str, port: int) -> str:
        """Return ``simulated``: the port is published, and what is behind it is not known."""
        self.host_port(container, port)
        return ANSWER

    def probe(self, container: str) -> Probe:
        """Return the view from inside a container."""
        return SimulatedProbe(self.simulation, self._found(container))

    def last_lines(self, container: str, lines: int = 10, since: float | None = None) -> str:  # noqa: ARG002
        """Return nothing: a simulated container writes no log."""
        return ""

    def last_health_check(self, container: str) -> str:  # noqa: ARG002
        """Return nothing: a simulated health check prints nothing."""
        return ""

    def discard(self) -> None:
        """Forget the task."""
        self._release()

    def _found(self, container: str) -> SimulatedContainer:
        return self.simulation.engine.container(self.arn, self.definition_of(container).name)

    # --- what it does not know --------------------------------------------------------------

    @property
    def rds(self) -> RdsDatabase:
        """Raise :class:`NotSimulated`."""
        raise NotSimulated("what a database answers")

    @property
    def elasticache(self) -> ElastiCacheCluster:
        """Raise :class:`NotSimulated`."""
        raise NotSimulated("what a cache answers")

    def container(self, name: str) -> EcsContainer:
        """Raise :class:`NotSimulated`."""
        raise NotSimulated(f"what happens inside '{name}'")

    def logs(self, container: str, since: float | None = None, lines: int | None = None) -> str:  # noqa: ARG002
        """Raise :class:`NotSimulated`."""
        raise NotSimulated(f"what '{container}' logs")

    def address(self, container: str, port: int, protocol: str = "tcp") -> tuple[str, int]:
        """Raise :class:`NotSimulated`, or :class:`TaskError` for a port that is not published."""
        self.host_port(container, port, protocol)
        raise NotSimulated(f"what answers on port {port} of '{container}'")

    def inspect(self, container: str) -> dict[str, Any]:
        """Raise :class:`NotSimulated`."""
        raise NotSimulated(f"what Docker makes of '{container}'")

    def memory_limit(self, container: str) -> int:
        """Raise :class:`NotSimulated`."""
        raise NotSimulated(f"the kernel's limit of the memory of '{container}'")
