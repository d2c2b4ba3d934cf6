"""One emulator for all workers of a parallel test run.

The first worker that needs it starts it, under a file lock, and leaves word where it is; the others
attach to it. It ends when the last of them has let go.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import EmulatorError

if TYPE_CHECKING:
    from ..aws.options import EmulatorOptions
    from ..aws.process import EmulatorProcess

_HANDLE = "emulator.json"
_LOCK = "emulator.lock"
_POLL = 0.05  # seconds
_START_TIMEOUT = 60.0  # seconds; an emulator that does not start is given up after half of that


def shared_emulator(folder: Path, options: EmulatorOptions) -> EmulatorProcess:
    """Return the emulator that all processes with this folder share; start it if need be."""
    from ..aws.process import EmulatorHandle, attach_emulator, start_emulator

    # Nobody else may have made it: what it holds is believed.
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise EmulatorError(f"{folder} belongs to another user of this machine.")
    with _locked(folder / _LOCK):
        handle = folder / _HANDLE
        with contextlib.suppress(OSError, ValueError, EmulatorError):
            return attach_emulator(EmulatorHandle(**json.loads(handle.read_text())))
        # A worker whose controller is killed goes on for five seconds, and then ends in order.
        started = start_emulator(options, meeting_place=folder, controller=os.getppid())
        handle.write_text(json.dumps(started.handle.as_dict()))
        return started


def await_end(folder: Path, timeout: float = 20.0) -> None:
    """Wait until the emulator of that folder, if there is one, has removed all that it made.

    Its workers have let go of it by then. What one has left that did not end in order is removed
    from here. Returns after ``timeout`` seconds in any case.
    """
    from ..aws.lifeline import await_exit
    from ..aws.process import EmulatorHandle, remove_remains
    from ..engine.run import known_runs

    try:
        handle = EmulatorHandle(**json.loads((folder / _HANDLE).read_text()))
    except OSError:
        return
    deadline = time.monotonic() + timeout
    while any(run.id == handle.run_id and run.is_alive() for run in known_runs()):
        if time.monotonic() > deadline:
            return
        time.sleep(_POLL)  # a file lock can be waited for, but not for a limited time
    await_exit(handle.pid, max(deadline - time.monotonic(), 0.0))
    remove_remains(handle)


@contextlib.contextmanager
def _locked(path: Path, timeout: float = _START_TIMEOUT) -> Iterator[None]:
    deadline = time.monotonic() + timeout
    with path.open("a") as lock:
        while not _try_lock(lock.fileno()):
            if time.monotonic() > deadline:
                raise EmulatorError(
                    f"Another process of this run holds {path} for over {timeout:g} s and has "
                    "started no emulator. Run pytest without -n to see what it waits for."
                )
            time.sleep(_POLL)
        yield


def _try_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
