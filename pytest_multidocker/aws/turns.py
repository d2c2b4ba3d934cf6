"""Lets requests run side by side, but moto's reset alone: it takes the ground from under others."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_PATIENCE = 10.0  # seconds; longer than any request takes that is not waiting for the reset itself


class Turns:
    """Gives turns to requests: shared ones together, one that is alone when no other runs."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running = 0
        self._alone = False

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Run beside others, once nothing runs alone."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone, _PATIENCE)
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Run once the others have ended; those that come meanwhile wait."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone, _PATIENCE)
            self._alone = True
            self._changed.wait_for(lambda: not self._running, _PATIENCE)
        try:
            yield
        finally:
            with self._changed:
                self._alone = False
                self._changed.notify_all()
