"""Whether processes still live: an emulator's owners, who hold a FIFO open, or any other one."""

from __future__ import annotations

import os
import select
from pathlib import Path


class Lifeline:
    """The emulator's end of the FIFO: when nobody holds the other any more, the emulator ends.

    Opening it does not wait for an owner, who may be dead already.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._withdrawn = path.with_name(f"{path.name}.withdrawn")
        self._reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        os.set_blocking(self._reader, True)

    def wait_for_end(self) -> None:
        """Return when every process that held it is gone, and none can take hold of it again."""
        while True:
            while os.read(self._reader, 512):
                pass
            self._path.rename(self._withdrawn)
            if not self._is_held():
                return
            # Somebody took hold of it between the end and now, and shall have his emulator.
            self._withdrawn.rename(self._path)

    def _is_held(self) -> bool:
        os.set_blocking(self._reader, False)
        try:
            return os.read(self._reader, 512) != b""
        except BlockingIOError:
            return True
        finally:
            os.set_blocking(self._reader, True)


def await_exit(pid: int, timeout: float | None = None) -> bool:
    """Wait until a process, which need be no child of this one, has ended; return whether it has.

    Not if it lives after `timeout` seconds, or where the system has no way to wait for it.
    """
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    except (OSError, AttributeError):
        return False
    try:
        ended, _, _ = select.select([process], [], [], timeout)  # it can be read once it has ended
        return bool(ended)
    finally:
        os.close(process)
