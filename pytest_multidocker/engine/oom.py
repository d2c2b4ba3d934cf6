"""Whether the kernel has killed a process for want of memory, asked where Docker does not know.

Docker learns of it from a notification of the container's control group. Where the first process of
the container is the one that is killed, the group is often gone before the notification is read
(version 1 of control groups, with Docker 20.10 in every third case), and Docker then says that
nothing was. The kernel's log names the container, where it may be read. Besides, the kernel counts
such kills in ``/proc/vmstat``, for every user to read: one that the log names nobody for, and that
Docker does not tell of, of containers that live on, may be of any container that ran at the time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from .kernel_log import KernelLog

_VMSTAT = Path("/proc/vmstat")


class OomKills:
    """Processes killed for want of memory on this machine.

    ``is_here`` tells whether the engine runs on it. Of another machine this knows nothing, and then
    never says that there was one; it is asked only once there has been one on this.
    """

    def __init__(
        self,
        is_here: Callable[[], bool],
        vmstat: Path = _VMSTAT,
        log: KernelLog | None = None,
    ) -> None:
        self._is_here = is_here
        self._vmstat = vmstat
        self._log = KernelLog() if log is None else log
        self._lock = threading.Lock()
        self._named: set[str] = set()
        self._seen = self._count()
        self._nobodys: list[int] = []
        """Each that is nobody's yet, as how many there had been when it was seen."""

    def starts(self, runtime_id: str) -> int:
        """Take note that the container is about to start, once more perhaps.

        Return how many there have been on this machine before.
        """
        with self._lock:
            self._look()
            self._named.discard(runtime_id)
            return self._seen

    def told(self, runtime_id: str) -> None:
        """Take note that Docker knows of one in that container."""
        with self._lock:
            self._look()
            if runtime_id not in self._named:
                self._take(0)

    def claim(self, runtime_id: str, since: int) -> bool:
        """Tell whether one was in that container, which has run since there had been so many."""
        with self._lock:
            self._look()
            found = runtime_id in self._named or self._take(since)
        return found and self._is_here()

    def close(self) -> None:
        """Let go of the kernel's log."""
        with self._lock:
            self._log.close()

    def _take(self, since: int) -> bool:
        """Take the last that is nobody's yet, if it came after so many; tell whether it did."""
        if not self._nobodys or self._nobodys[-1] <= since:
            return False
        self._nobodys.pop()
        return True

    def _look(self) -> None:
        seen, lost = self._seen, False
        for containers in self._log.kills():
            if containers is None:
                lost = True
            else:
                self._named |= containers
                seen += 1
        # The kernel counts one after it has named it: it may be about to.
        self._seen = max(seen, self._count())
        if not lost:  # else the lost lines may have named them
            self._nobodys += [self._seen] * (self._seen - seen)

    def _count(self) -> int:
        try:
            lines = self._vmstat.read_text().splitlines()
        except OSError:
            return 0
        return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
