"""Filling a disk of a container: one that holds nothing but what the task was given."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from ..errors import TaskError

if TYPE_CHECKING:
    from .beside import Beside

_FILE = ".multidocker-fill"
_WAY_OUT = (
    "Only a tmpfs with a size is filled, so that the disk of this machine never is: give the "
    'container one with linuxParameters.tmpfs ({"containerPath": ..., "size": MiB}), or the task a '
    'volume with "driverOpts": {"type": "tmpfs", "device": "tmpfs", "o": "size=8m"}.'
)


def fill(beside: Beside, container: str, path: str, leave: int, lent: Collection[str]) -> None:
    """Fill the tmpfs below ``path`` of the container up to ``leave`` bytes.

    ``lent`` are the places where the container has folders of this machine. Raises
    :class:`TaskError` for a path that is no folder, or whose disk has no bound of its own.
    """
    place = _absolute(container, path)
    seen = beside.among_processes(_LOOK, f"/proc/1/root{place}")
    if seen == _NO_FOLDER:
        raise TaskError(f"'{container}' has no folder {place}.")
    mounts, _, device = seen.rpartition("\n")
    if (wrong := unbounded(mounts, int(device), lent)) is not None:
        raise TaskError(f"{place} of '{container}' is {wrong}. {_WAY_OUT}")
    beside.among_processes(_FILL, f"/proc/1/root{place}/{_FILE}", str(leave))


def free(beside: Beside, container: str, path: str) -> None:
    """Give back what :func:`fill` has taken."""
    beside.among_processes('rm -f "$1"', f"/proc/1/root{_absolute(container, path)}/{_FILE}")


def unbounded(mountinfo: str, device: int, lent: Collection[str]) -> str | None:
    """Return what the disk of that device number is, or ``None`` if it is a tmpfs of the task's.

    ``mountinfo`` is the text of ``/proc/PID/mountinfo``, see proc(5); ``lent`` are mount points of
    folders of this machine.
    """
    number = f"{device >> 8 & 0xFFF}:{device & 0xFF | device >> 12 & 0xFFF00}"
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        _id, _parent, found, root, place, *_ = before.split(" ")
        kind, _, options = after.partition(" ")
        if found != number:
            continue
        if kind != "tmpfs":
            return f"on a disk of the kind {kind}"
        if root != "/" or place in lent:  # a disk in memory, but not made for the task
            return "a folder of this machine"
        return None if re.search(r"[ ,]size=\d", options) else "a tmpfs without a size"
    return "not on a disk of the container's own"


def _absolute(container: str, path: str) -> str:
    if not path.startswith("/"):
        raise TaskError(f"'{path}' is no absolute path in '{container}'.")
    return posixpath.normpath(path)


_NO_FOLDER = "none"
_LOOK = f"""
test -d "$1" || {{ echo {_NO_FOLDER}; exit; }}
cat /proc/1/mountinfo
stat -c %d "$1"
"""
# What the application writes meanwhile may take the last bytes: the disk is full then, too.
_FILL = """
: > "$1"
free=$(($(stat -f -c '%a * %S' "${1%/*}") - $2))
test "$free" -le 0 || head -c "$free" /dev/zero > "$1" || :
"""
