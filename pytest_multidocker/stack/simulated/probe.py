"""The view from inside a simulated container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import NotSimulated
from ..probe import Probe

if TYPE_CHECKING:
    from ...engine.simulated.container import SimulatedContainer
    from ...engine.simulated.simulation import Simulation


class SimulatedProbe(Probe):
    """What a container would see: the names it knows, and the ports that scripts listen on."""

    def __init__(self, simulation: Simulation, container: SimulatedContainer) -> None:
        self._simulation = simulation
        self._seen_from = container

    def close(self) -> None:
        """Do nothing: there is nothing to remove."""

    def hosts(self) -> dict[str, str]:
        """Return the names that Docker would write into the container's ``/etc/hosts``."""
        return dict(self._seen_from.hosts)

    def listening(self) -> dict[int, bool]:
        """Return the ports of the container's script, all of them open to others."""
        return dict.fromkeys(self._seen_from.listens, True)

    def connects(self, address: str, port: int) -> bool:
        """Tell whether a running container has that address and listens on the port."""
        return any(
            other.address == address and port in other.listens
            for other in self._simulation.running()
        )

    def busybox(self) -> bytes:
        """Raise :class:`NotSimulated`: nothing can be run in a simulated container."""
        raise NotSimulated("what a program in a container does")
