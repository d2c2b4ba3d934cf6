"""MD501: mount points name volumes that exist."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register

_LOGS = "awseb-logs-"


@register(
    id="MD501",
    name="unknown-volume",
    severity="error",
    phase=REGISTER,
    source=ecs_api("MountPoint"),
    summary="Mount points name a declared volume or a log volume of Elastic Beanstalk.",
    applies=lambda context: any(found.mount_points for found in context.containers),
)
def unknown_volume(context: Context) -> Iterator[Problem]:
    """Yield each mount point whose volume neither the file nor Elastic Beanstalk makes."""
    known = dict.fromkeys(volume.name for volume in context.volumes if volume.name)
    if not context.is_request:
        known.update(dict.fromkeys(f"{_LOGS}{name}" for name in context.by_name))
    names = tuple(known)
    for container in context.containers:
        for mount in container.mount_points:
            if mount.source_volume in known:
                continue
            pointer = f"{mount.pointer}/sourceVolume"
            exists = context.document.has(pointer)
            yield Problem(
                f"{context.label(container)} mounts the volume '{shown(mount.source_volume)}',"
                f" which is not declared.{context.hints.did_you_mean(mount.source_volume, names)}",
                pointer if exists else mount.pointer,
                fix=_fix(mount.source_volume, container.name),
                aws_text=f"Unknown volume '{mount.source_volume}'.",
                at="value" if exists else "opening",
            )


def _fix(volume: str, container: str) -> str:
    if volume.startswith(_LOGS):
        return f"Write {_LOGS}{container}: the log volume is named after the container."
    if "/" in volume:
        return "Declare a volume with this path as its host.sourcePath, and name it here."
    return "Declare it under volumes, with its host folder as host.sourcePath."
