"""MD711: folders that are mounted from the source bundle are in it."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import EB_V2, RUNTIME, Problem
from ._registry import register


@register(
    id="MD711",
    name="bundle-folder-missing",
    severity="warning",
    phase=RUNTIME,
    source=EB_V2,
    summary="Folders that are mounted from the source bundle are in it.",
    applies=lambda context: context.around is not None and bool(context.volumes),
)
def bundle_folder_missing(context: Context) -> Iterator[Problem]:
    """Yield each mounted folder that the project does not have."""
    from ._around import exists

    around = context.around
    if around is None:
        return
    for volume in context.volumes:
        place = around.bundled(volume.source_path or "")
        if place is not None and not exists(place):
            folder = place.relative_to(around.folder).as_posix()
            yield Problem(
                f"The volume '{shown(volume.name)}' is the folder {folder} of the source bundle,"
                " which is not there.",
                f"{volume.pointer}/host/sourcePath",
                fix=f"Add {folder} to the project, beside Dockerrun.aws.json.",
            )
