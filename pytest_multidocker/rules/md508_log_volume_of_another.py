"""MD508: a container mounts its own log volume."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import EB_V2, RUNTIME, Problem
from ._registry import register

_LOGS = "awseb-logs-"


@register(
    id="MD508",
    name="log-volume-of-another",
    severity="warning",
    phase=RUNTIME,
    source=EB_V2,
    summary="A container mounts its own log volume.",
    applies=lambda context: any(found.mount_points for found in context.containers),
)
def log_volume_of_another(context: Context) -> Iterator[Problem]:
    """Yield each mount of another container's log volume."""
    for container in context.containers:
        own = f"{_LOGS}{container.name}"
        for mount in container.mount_points:
            name = mount.source_volume
            if name.startswith(_LOGS) and name != own and name[len(_LOGS) :] in context.by_name:
                yield Problem(
                    f"{context.label(container)} mounts the log volume of"
                    f" '{shown(name[len(_LOGS) :])}'.",
                    f"{mount.pointer}/sourceVolume",
                    fix=f"Write {own}.",
                )
