"""The emulator's event log: what happens, in order, for waiting clients, timelines and pages."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DEFAULT_CAPACITY = 100_000

REFUSED = "security.refused"
"""The kind of the event that says that a container is kept out of a database, and why."""


@dataclass(frozen=True)
class Event:
    """One thing that happened: its number from 1 on, the time in seconds since 1970, its kind."""

    seq: int
    time: float
    kind: str
    data: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return the event as the JSON object that `/_multidocker/events` sends."""
        return {**self.data, "seq": self.seq, "time": self.time, "kind": self.kind}


class EventLog:
    """An append-only log that any thread may write and any number of threads may follow."""

    def __init__(self, capacity: int = _DEFAULT_CAPACITY) -> None:
        self._events: deque[Event] = deque(maxlen=capacity)
        self._last = 0
        self._closed = False
        self._changed = threading.Condition()

    def publish(self, kind: str, **data: Any) -> Event:
        """Append an event and wake whoever follows; `data` must be JSON."""
        with self._changed:
            self._last += 1
            event = Event(self._last, time.time(), kind, data)
            self._events.append(event)
            self._changed.notify_all()
        return event

    def since(self, seq: int) -> list[Event]:
        """Return the events after number `seq`, oldest first."""
        with self._changed:
            return self._after(seq)

    def follow(self, since: int = 0, heartbeat: float = 5.0) -> Iterator[Event | None]:
        """Yield the events after number `since` as they happen, until the log is closed.

        Yields None whenever `heartbeat` seconds pass without an event, so that the caller can find
        out that its own reader is gone.
        """
        while True:
            with self._changed:
                if not self._closed and self._last <= since:
                    self._changed.wait(heartbeat)
                events, closed = self._after(since), self._closed
            yield from events
            if events:
                since = events[-1].seq
            elif closed:
                return
            else:
                yield None

    def close(self) -> None:
        """End every `follow` once it has given what is there. Closing twice is fine."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _after(self, seq: int) -> list[Event]:
        if seq >= self._last:
            return []
        missing = self._last - max(seq, 0)
        tail = list(self._events)
        return tail[-missing:]
