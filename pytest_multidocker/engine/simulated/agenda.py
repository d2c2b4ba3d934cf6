"""A virtual clock, and the calls that are due on it."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable


class Agenda:
    """Calls in the order of their times; those of the same time in the order they were made.

    Time passes only with :meth:`step` and :meth:`pass_to`. It is in seconds.
    """

    def __init__(self, now: float = 0) -> None:
        self.now = now
        self._calls: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def at(self, when: float, call: Callable[[], None]) -> None:
        """Make the call at that time; next, if it has passed."""
        heapq.heappush(self._calls, (max(when, self.now), next(self._numbers), call))

    @property
    def next_time(self) -> float | None:
        """When the next call is due, or ``None`` where nothing more will happen."""
        return self._calls[0][0] if self._calls else None

    def step(self) -> None:
        """Let time pass to the next call and make it; raises ``IndexError`` if there is none."""
        self.now, _, call = heapq.heappop(self._calls)
        call()

    def pass_to(self, when: float) -> None:
        """Make all calls that are due until then, and let the time be that."""
        while self.next_time is not None and self.next_time <= when:
            self.step()
        self.now = max(self.now, when)
