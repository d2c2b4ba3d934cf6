"""Waiting for what has no event to await."""

from __future__ import annotations

import time
from collections.abc import Callable

BOUND = 60.0  # seconds, also for a machine that has much else to do


def until(done: Callable[[], bool], timeout: float = BOUND) -> None:
    """Return when it is done; fail where it is not within ``timeout`` seconds."""
    deadline = time.monotonic() + timeout
    while not done():
        assert time.monotonic() < deadline, f"it has not come to that within {timeout:g} s"
        time.sleep(0.02)
