"""MD509: volumes have a name of letters, digits, hyphens and underscores."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register

_VALID = re.compile(r"[A-Za-z0-9_-]{1,255}\Z")


@register(
    id="MD509",
    name="volume-name-invalid",
    severity="error",
    phase=REGISTER,
    source=ecs_api("Volume"),
    summary="Volumes have a name of letters, digits, hyphens and underscores.",
    applies=lambda context: bool(context.volumes),
)
def volume_name_invalid(context: Context) -> Iterator[Problem]:
    """Yield each volume without a name, or with one that ECS refuses."""
    for volume in context.volumes:
        if not volume.name:
            yield Problem(
                "This volume has no name.",
                volume.pointer,
                fix='Add "name", which mount points call it by.',
                at="opening",
            )
        elif not _VALID.match(volume.name):
            yield Problem(
                f"The volume name '{shown(volume.name)}' has other characters than letters, digits,"
                " - and _, or more than 255.",
                f"{volume.pointer}/name",
                fix="Rename it, and the mount points that mean it.",
            )
