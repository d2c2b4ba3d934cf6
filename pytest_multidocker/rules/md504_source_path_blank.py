"""MD504: a sourcePath is not empty."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register


@register(
    id="MD504",
    name="source-path-blank",
    severity="error",
    phase=REGISTER,
    source=ecs_api("HostVolumeProperties"),
    summary="A sourcePath is not empty.",
    applies=lambda context: bool(context.volumes),
)
def source_path_blank(context: Context) -> Iterator[Problem]:
    """Yield each volume whose host folder is an empty string."""
    for volume in context.volumes:
        if volume.source_path is not None and not volume.source_path.strip():
            yield Problem(
                f"The volume '{shown(volume.name)}' has an empty sourcePath.",
                f"{volume.pointer}/host/sourcePath",
                fix="Write the host folder, or delete host for an empty volume of the task's own.",
                aws_text="host.sourcePath should not be blank.",
            )
