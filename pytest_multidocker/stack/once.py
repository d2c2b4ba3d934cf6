"""What is started by the first who asks for it, and once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Once(Generic[_T]):
    """What ``start`` returns, or raises: each time the same. What could not start stays so."""

    def __init__(self, start: Callable[[], _T]) -> None:
        self._start = start
        self._lock = threading.RLock()
        self._error: Exception | None = None
        self._made: _T | None = None

    @property
    def made(self) -> _T | None:
        """What has been started; ``None`` while there is nothing."""
        return self._made

    def get(self) -> _T:
        """Return it, and start it before if need be; raises what starting it has raised."""
        with self._lock:
            if self._error is not None:
                raise self._error
            if self._made is None:
                try:
                    self._made = self._start()
                except Exception as error:
                    self._error = error
                    raise
            return self._made

    def let_go(self) -> _T | None:
        """Return what has been started and forget it: whoever asks next starts another."""
        with self._lock:
            made, self._made = self._made, None
            return made

    def close(self, error: Exception) -> _T | None:
        """Return what has been started; from now on asking for it raises this error."""
        with self._lock:
            self._error = self._error or error
            return self.let_go()
