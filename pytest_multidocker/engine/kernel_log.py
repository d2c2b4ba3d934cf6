"""Of which containers the kernel says that it has killed a process for want of memory.

The kernel writes a line for each such kill, before it sends the signal, with the control group of
the process (version 5.0 and later; of many kills in a few seconds it leaves lines out). On most
machines only root may read them.

Source: ``mm/oom_kill.c`` (``dump_oom_victim``) and ``Documentation/ABI/testing/dev-kmsg`` of Linux.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

_KMSG = Path("/dev/kmsg")
_RECORD = 8192  # bytes: the longest that the kernel gives out at once
_KILL = re.compile(rb"oom-kill:.*task_memcg=([^,]*)")
_CONTAINER = re.compile(r"[0-9a-f]{64}")


class KernelLog:
    """What the kernel has logged since this was made; nothing where that cannot be read."""

    def __init__(self, kmsg: Path = _KMSG) -> None:
        self._fd: int | None = None
        try:
            self._fd = os.open(kmsg, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            os.lseek(self._fd, 0, os.SEEK_END)
        except OSError:
            self.close()

    def kills(self) -> Iterator[frozenset[str] | None]:
        """Yield for each kill not told yet the Docker ids of the containers that it was in.

        They are none for a process outside of containers, and several where one is inside another.
        ``None`` stands for lines that the kernel has overwritten before they were read.
        """
        for record in self._records():
            if record is None:
                yield None
            else:
                for group in _KILL.findall(record):
                    yield frozenset(_CONTAINER.findall(group.decode()))

    def close(self) -> None:
        """Let go of the log: nothing more is told."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _records(self) -> Iterator[bytes | None]:
        while self._fd is not None:
            try:
                record = os.read(self._fd, _RECORD)
            except BrokenPipeError:  # what comes next is the oldest that is left
                yield None
                continue
            except OSError:  # no more for now, or none for us
                return
            if not record:
                return
            yield record
