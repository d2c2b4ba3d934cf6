"""Whether the kernel has killed a process for want of memory, asked where Docker does not know.

Docker learns of it from a notification of the container's control group. Where the first process of
the container is the one that is killed, the group is often gone before the notification is read
(version 1 of control groups, with Docker 20.10 in every third case), and Docker then says that
nothing was. The kernel counts such kills in ``/proc/vmstat``, for every user to read. Those that
Docker tells of, of containers that live on, are taken off.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

_VMSTAT = Path("/proc/vmstat")


class OomKills:
    """The kernel's count of processes killed for want of memory, on this machine.

    ``is_here`` tells whether the engine runs on it. Of another machine this knows nothing, and then
    never says that there was one; it is asked only once there has been one on this.
    """

    def __init__(self, is_here: Callable[[], bool], vmstat: Path = _VMSTAT) -> None:
        self._is_here = is_here
        self._vmstat = vmstat
        self._lock = threading.Lock()
        self._claimed = self._count()

    def claim(self) -> bool:
        """Tell whether there has been one that nobody has claimed, and claim it."""
        with self._lock:
            if self._count() <= self._claimed:
                return False
            self._claimed += 1
        return self._is_here()

    def _count(self) -> int:
        try:
            lines = self._vmstat.read_text().splitlines()
        except OSError:
            return 0
        return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
