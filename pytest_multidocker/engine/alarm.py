"""Calls at a later time, all from one thread, however many wait."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

_LOG = logging.getLogger(__name__)


class Alarm:
    """Makes calls when their time has come, in the order of their times.

    A call should return soon: the next one waits for it. The thread is started by the first.
    """

    def __init__(self) -> None:
        self._calls: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    def at(self, when: float, call: Callable[[], None]) -> None:
        """Make the call at that time, in seconds since the epoch; at once if it has passed."""
        with self._changed:
            if self._closed:
                return
            heapq.heappush(self._calls, (when, next(self._numbers), call))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="alarm", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """Forget all calls that have not begun."""
        with self._changed:
            self._closed = True
            self._calls.clear()
            self._changed.notify()

    def _run(self) -> None:
        while (call := self._next()) is not None:
            _make(call)

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            while not self._closed:
                wait = self._calls[0][0] - time.time() if self._calls else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._calls)[2]
                self._changed.wait(wait if wait is None else min(wait, threading.TIMEOUT_MAX))
        return None


def _make(call: Callable[[], None]) -> None:
    try:
        call()
    except Exception:  # noqa: BLE001 - one that fails must not silence all that follow
        _LOG.exception("a call that was due failed")
