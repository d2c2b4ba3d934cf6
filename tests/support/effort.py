"""How much work something is, whatever the machine has to do besides."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


def calls(work: Callable[[_T], object], what: _T) -> int:
    """Return how many functions it calls to work on that, C's too."""
    count = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work(what)
    finally:
        sys.setprofile(before)
    return count
