"""The container instances that have folders of their own on this machine."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..engine.policy import Lent


class InstanceRegistry:
    """What stands for container instances, by ARN. Safe to use from any thread.

    One that is not here shares the emulator's project and log folder with all others.
    """

    def __init__(self) -> None:
        self._lent: dict[str, Lent] = {}
        self._lock = threading.Lock()

    def register(self, arn: str, lent: Lent) -> None:
        """Give the container instance folders of its own."""
        with self._lock:
            self._lent[arn] = lent

    def withdraw(self, arn: str) -> None:
        """Take them back; one that has none is no error."""
        with self._lock:
            self._lent.pop(arn, None)

    def find(self, arn: str) -> Lent | None:
        """Return the folders of the container instance, if it has any of its own."""
        with self._lock:
            return self._lent.get(arn)
