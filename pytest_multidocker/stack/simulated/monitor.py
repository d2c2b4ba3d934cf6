"""What ECS tells of a simulated task, and waiting in virtual time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..monitor import Monitor, Snapshot

if TYPE_CHECKING:
    from ...engine.simulated.simulation import Simulation


class SimulatedMonitor(Monitor):
    """The monitor of one simulated task. Waiting takes no time of this machine."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    def task(self, arn: str) -> Snapshot | None:
        """Return the task as the emulator's events would show it."""
        return {"taskArn": arn, **self._simulation.view.members()}

    def wait(self, done: Callable[[], bool], timeout: float) -> bool:
        """Return whether ``done`` came true within ``timeout`` seconds of virtual time."""
        driver = self._simulation.driver
        deadline = driver.now + timeout
        if driver.run_until(done, deadline):
            return True
        driver.advance(deadline)
        return False

    def close(self) -> None:
        """Do nothing: there is nothing to close."""
