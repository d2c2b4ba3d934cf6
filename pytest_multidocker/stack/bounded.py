"""Calls that nobody can cancel, and that a test must not wait for without an end."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import TimeoutError as LateError
from typing import TypeVar

from ..engine.background import in_background
from ..errors import TaskError

_T = TypeVar("_T")


def within(seconds: float, what: str, call: Callable[[], _T]) -> _T:
    """Return what ``call`` returns, or raise what it raises.

    Raises :class:`TaskError` where it takes longer than ``seconds``: it is then left to itself, in
    a thread that keeps no process from ending. ``what`` begins the sentence that says so.
    """
    outcome = in_background(call)
    try:
        return outcome.result(seconds)
    except LateError:
        if outcome.done():  # just now, or with such an error of its own
            return outcome.result()
        raise TaskError(f"{what} has not ended within {seconds:g} s.") from None
