"""The culprit of a stopped task, with its last words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import culprits

if TYPE_CHECKING:
    from .region import Region
    from .tasks import Snapshot

_LOG_LINES = 10


def blame(region: Region, snapshot: Snapshot, dockerrun: Mapping[str, Any]) -> str | None:
    """Return the sentence that names why a task has stopped, ``None`` where nobody is to blame."""
    order = region.tasks.stopped_containers(str(snapshot["taskArn"]))
    return culprits.culprit(snapshot, order, dockerrun, words_of(region, snapshot))


def words_of(region: Region, snapshot: Snapshot) -> culprits.Logs:
    """Return what gives the last log lines of a task's containers, by their names."""
    ids = {c["name"]: c.get("runtimeId") for c in snapshot["containers"]}
    return lambda name: region.log(ids.get(name), _LOG_LINES)
