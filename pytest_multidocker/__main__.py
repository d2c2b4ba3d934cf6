"""``python -m pytest_multidocker`` is the ``multidocker`` command."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .cli import INTERRUPTED, main

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_AGAIN_AFTER = 0.01
"""Seconds: longer than it takes to tidy up an object, and too short to be noticed."""


def command() -> int:
    """Run the command as the whole of this process and return its exit status.

    Ctrl-C ends it without a traceback, whatever Python is doing just then.
    """
    try:
        with _interrupts_kept():
            return main()
    except KeyboardInterrupt:  # a second one
        return INTERRUPTED
    finally:
        # All is done but the interpreter's own end, which a Ctrl-C may cut short without a word.
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def _interrupts_kept() -> Iterator[None]:
    """Raise a ``KeyboardInterrupt`` once more where Python has dropped it.

    It drops, with a traceback, whatever is raised while an object is being tidied up.
    """
    others = sys.unraisablehook

    def dropped(unraisable: UnraisableHookArgs) -> None:
        if issubclass(unraisable.exc_type, KeyboardInterrupt):
            signal.setitimer(signal.ITIMER_REAL, _AGAIN_AFTER)
        else:
            others(unraisable)

    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    sys.unraisablehook = dropped
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


if __name__ == "__main__":
    sys.exit(command())
