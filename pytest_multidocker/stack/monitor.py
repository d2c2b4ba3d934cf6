"""Follows the emulator's event stream, so that waiting ends with the event it waits for."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

Snapshot = Mapping[str, Any]
"""A task as the event stream shows it, in the member names of the ECS API."""


@dataclass(frozen=True)
class DatabaseState:
    """What the events say of a managed database: its last state, and why it failed."""

    state: str
    cause: str = ""


class Monitor:
    """Keeps the last word on every task and database, and wakes those that wait for it.

    A thread reads the stream; it ends when the emulator does, or with :meth:`close`.
    """

    def __init__(self, endpoint_url: str) -> None:
        address = urlsplit(endpoint_url)
        self._connection = http.client.HTTPConnection(str(address.hostname), address.port or 80)
        self._tasks: dict[str, Snapshot] = {}
        self._databases: dict[str, DatabaseState] = {}
        self._changed = threading.Condition()
        self._ended = False
        self._connection.request("GET", "/_multidocker/events?since=0")
        self._response = self._connection.getresponse()
        threading.Thread(target=self._read, name="multidocker-events", daemon=True).start()

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

        It is asked after every event, and no more once the stream has ended: ``done`` should be
        true, too, when what is waited for can no longer come.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            while not done():
                left = deadline - time.monotonic()
                if left <= 0 or self._ended:
                    return False
                self._changed.wait(left)
            return True

    @property
    def has_ended(self) -> bool:
        """Whether the emulator has closed the stream."""
        return self._ended

    def close(self) -> None:
        """Stop reading."""
        sock = self._connection.sock
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)  # wakes the reading thread
            except OSError:
                return

    def _read(self) -> None:
        try:
            while line := self._response.readline():
                if line.strip():
                    self._note(json.loads(line))
        except (OSError, ValueError, http.client.HTTPException):
            pass  # the emulator is gone: whoever waits is told below
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _note(self, event: Mapping[str, Any]) -> None:
        kind = str(event["kind"])
        with self._changed:
            if kind == "task":
                self._tasks[event["taskArn"]] = event
            elif kind.startswith("database."):
                state = DatabaseState(kind.partition(".")[2], event.get("cause") or "")
                self._databases[event["id"]] = state
            self._changed.notify_all()
