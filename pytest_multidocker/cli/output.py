"""Writing to standard output, whatever it is: a terminal of any encoding, a full disk, nothing."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import MultidockerError


def take_any_character() -> None:
    """Have standard output write escapes for the characters that its encoding does not have."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def write(text: str) -> None:
    """Write a text; raise `MultidockerError` where it cannot be written."""
    if sys.stdout is None:
        raise MultidockerError("cannot write to standard output: it is closed")
    with _told():
        sys.stdout.write(text)


def flush() -> None:
    """Write what is still held back; raise `MultidockerError` where it cannot be written."""
    if sys.stdout is not None:
        with _told():
            sys.stdout.flush()


def drop() -> None:
    """Throw away what could not be written: Python would try again at its end, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:  # whoever has read it has gone, and wants no more
        raise
    except OSError as error:
        drop()
        raise MultidockerError(f"cannot write to standard output: {error.strerror}") from error
