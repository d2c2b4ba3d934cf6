"""MD503: no two volumes have the same name."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register


@register(
    id="MD503",
    name="volume-duplicate",
    severity="error",
    phase=REGISTER,
    source=ecs_api("Volume"),
    summary="No two volumes have the same name.",
    applies=lambda context: bool(context.volumes),
)
def volume_duplicate(context: Context) -> Iterator[Problem]:
    """Yield each name that an earlier volume has."""
    seen: set[str] = set()
    for volume in context.volumes:
        if volume.name and volume.name in seen:
            yield Problem(
                f"Two volumes are named '{shown(volume.name)}'.",
                f"{volume.pointer}/name",
                fix="Rename one of them, and the mount points that mean it.",
            )
        seen.add(volume.name)
