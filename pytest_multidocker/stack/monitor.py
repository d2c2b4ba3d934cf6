"""Follows the emulator's event stream, so that waiting ends with the event it waits for.

A stream that breaks is taken up again where it was. Where the emulator is gone, or says nothing at
all any more, whoever waits is told so at once.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..errors import EmulatorError

Snapshot = Mapping[str, Any]
"""A task as the event stream shows it, in the member names of the ECS API."""

_SILENCE = 20.0
"""Seconds without a word after which a stream counts as broken: it gives a sign every five."""
_PAUSE = 0.05  # seconds before a broken stream is taken up again


@dataclass(frozen=True)
class DatabaseState:
    """What the events say of a managed database: its last state, and why it failed."""

    state: str
    cause: str = ""


class Monitor:
    """Keeps the last word on every task and database, and wakes those that wait for it.

    A thread reads the stream; it ends when the emulator does, or with :meth:`close`. ``obituary``
    is asked once, when the emulator is gone, how it ended. ``silence`` is after how many seconds
    without a word a stream counts as broken. Raises :class:`EmulatorError` where there is none.
    """

    def __init__(
        self,
        endpoint_url: str,
        obituary: Callable[[], str] = lambda: "The emulator is gone.",
        *,
        silence: float = _SILENCE,
    ) -> None:
        self._url = endpoint_url
        self._obituary = obituary
        self._silence = silence
        self._tasks: dict[str, Snapshot] = {}
        self._databases: dict[str, DatabaseState] = {}
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._last = 0
        self._end: str | None = None
        try:
            self._stream = self._open()
        except (OSError, http.client.HTTPException) as error:
            raise EmulatorError(f"No events come from {endpoint_url}: {error}") from error
        threading.Thread(target=self._run, name="multidocker-events", daemon=True).start()

    def task(self, arn: str) -> Snapshot | None:
        """Return the last word on a task, or ``None`` before the first."""
        with self._changed:
            return self._tasks.get(arn)

    def database(self, identifier: str) -> DatabaseState | None:
        """Return the last word on a database, or ``None`` before the first."""
        with self._changed:
            return self._databases.get(identifier)

    def wait(self, done: Callable[[], bool], timeout: float) -> bool:
        """Return whether ``done`` came true within ``timeout`` seconds.

        It is asked after every event: it should be true, too, when what is waited for can no longer
        come. Raises :class:`EmulatorError` as soon as no event can come any more, with how the
        emulator ended.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            while not done():
                if self._end is not None:
                    raise EmulatorError(self._end)
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._changed.wait(left)
            return True

    def close(self) -> None:
        """Stop reading."""
        self._closing.set()
        self._stream.interrupt()

    def _open(self) -> _Stream:
        return _Stream(self._url, self._last, self._silence)

    def _run(self) -> None:
        try:
            while not self._read() and not self._closing.wait(_PAUSE):
                self._stream = self._open()
        except (OSError, http.client.HTTPException):
            pass  # the emulator is gone: how it went, its obituary says
        end = "The events are read no more." if self._closing.is_set() else self._obituary()
        with self._changed:
            self._end = end
            self._changed.notify_all()

    def _read(self) -> bool:
        """Read to the stream's end; return whether it has come to its end, or else is broken."""
        is_last = False
        try:
            for event in self._stream.events():
                if self._closing.is_set():
                    break
                if event is not None:
                    is_last = self._note(event) == "shutdown" or is_last
        except (OSError, ValueError, http.client.HTTPException):
            return is_last
        finally:
            self._stream.close()
        return is_last

    def _note(self, event: Mapping[str, Any]) -> str:
        kind = str(event["kind"])
        with self._changed:
            self._last = event["seq"]
            if kind == "task":
                self._tasks[event["taskArn"]] = event
            elif kind.startswith("database."):
                state = DatabaseState(kind.partition(".")[2], event.get("cause") or "")
                self._databases[event["id"]] = state
            self._changed.notify_all()
        return kind


class _Stream:
    """One connection to the stream of the events after a number.

    Raises ``OSError`` or ``HTTPException`` where there is none, or no word for ``silence`` seconds.
    """

    def __init__(self, url: str, since: int, silence: float) -> None:
        address = urlsplit(url)
        host, port = str(address.hostname), address.port or 80
        self._connection = http.client.HTTPConnection(host, port, timeout=silence)
        try:
            self._connection.request("GET", f"/_multidocker/events?since={since}")
            self._socket = self._connection.sock
            self._response = self._connection.getresponse()
        except BaseException:
            self._connection.close()
            raise
        if self._response.status != http.client.OK:
            self.close()
            raise http.client.HTTPException(f"status {self._response.status}")

    def events(self) -> Iterator[Mapping[str, Any] | None]:
        """Yield each event as it comes, and ``None`` for a sign of life."""
        while line := self._response.readline():
            yield json.loads(line) if line.strip() else None

    def interrupt(self) -> None:
        """Wake whoever reads."""
        with contextlib.suppress(OSError):  # it is closed already
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the connection."""
        self._response.close()
        self._connection.close()
