"""Calls in threads that keep no process from ending, as Ctrl-C has to end a run at once.

Those of ``concurrent.futures`` are waited for when the interpreter ends, were it a long build.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

_T = TypeVar("_T")


def in_background(call: Callable[[], _T]) -> Future[_T]:
    """Begin a call in a thread of its own, and return what will have its outcome."""
    outcome: Future[_T] = Future()

    def run() -> None:
        try:
            outcome.set_result(call())
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
            outcome.set_exception(error)

    threading.Thread(target=run, name="multidocker", daemon=True).start()
    return outcome
