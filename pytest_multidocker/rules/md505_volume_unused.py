"""MD505: every volume is mounted."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import RUNTIME, Problem, ecs_api
from ._registry import register


@register(
    id="MD505",
    name="volume-unused",
    severity="warning",
    phase=RUNTIME,
    source=ecs_api("Volume"),
    summary="Every volume is mounted.",
    applies=lambda context: bool(context.volumes),
)
def volume_unused(context: Context) -> Iterator[Problem]:
    """Yield each volume without a mount point."""
    used = {mount.source_volume for found in context.containers for mount in found.mount_points}
    for volume in context.volumes:
        if volume.name and volume.name not in used and context.containers:
            yield Problem(
                f"No container mounts the volume '{shown(volume.name)}'.",
                f"{volume.pointer}/name",
                fix="Add a mountPoints entry that names it, or delete the volume.",
            )
