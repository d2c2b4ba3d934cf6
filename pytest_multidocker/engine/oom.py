"""Whether the kernel has killed a process for want of memory, asked where Docker does not know.

Docker learns of it from a notification of the container's control group. Where the first process of
the container is the one that is killed, the group is often gone before the notification is read
(version 1 of control groups, with Docker 20.10 in every third case), and Docker then says that
nothing was. The kernel counts such kills in ``/proc/vmstat``, for every user to read.
"""

from __future__ import annotations

import threading
from pathlib import Path

_VMSTAT = Path("/proc/vmstat")


class OomKills:
    """The kernel's count of processes killed for want of memory, on this machine.

    Of an engine on another machine it knows nothing, and then never says that there was one.
    """

    def __init__(self, vmstat: Path = _VMSTAT) -> None:
        self._vmstat = vmstat
        self._lock = threading.Lock()
        self._seen = self._count()

    def rose(self) -> bool:
        """Tell whether there has been one since this was asked the last time."""
        with self._lock:
            count = self._count()
            rose, self._seen = count > self._seen, count
        return rose

    def _count(self) -> int:
        try:
            lines = self._vmstat.read_text().splitlines()
        except OSError:
            return 0
        return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
