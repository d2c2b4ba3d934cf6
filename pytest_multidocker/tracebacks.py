"""Where a failure is shown: at the line of the test, and not inside of this package."""

from __future__ import annotations

import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import TracebackType

import pytest

from .errors import MultidockerError

_OURS = Path(__file__).parent


def shorten(excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    """Let what this package raises on purpose end in the code that has called it.

    The message says all; how it came about within is shown with ``--full-trace``.
    """
    if not excinfo.errisinstance((AssertionError, MultidockerError)):
        return
    frames = list(_frames(excinfo.tb))
    callers = [frame for frame in frames if _is_of_a_test(_path(frame))]
    if callers and _path(frames[-1]).is_relative_to(_OURS):
        callers[-1].tb_next = None
        excinfo.value.__cause__ = None


def _frames(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _path(frame: TracebackType) -> Path:
    return Path(frame.tb_frame.f_code.co_filename)


def _is_of_a_test(path: Path) -> bool:
    """Tell whether a file is neither ours nor of a library."""
    return not any(path.is_relative_to(place) for place in (_OURS, *_libraries()))


@cache
def _libraries() -> tuple[Path, ...]:
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    return tuple({Path(sysconfig.get_path(name)) for name in names})
