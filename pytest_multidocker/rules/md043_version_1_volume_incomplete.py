"""MD043: volumes of version 1 name both folders."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import EB_V1_V3, SOURCE_BUNDLE, Problem
from ._registry import register


@register(
    id="MD043",
    name="version-1-volume-incomplete",
    severity="warning",
    phase=SOURCE_BUNDLE,
    source=EB_V1_V3,
    summary="Volumes of version 1 name both folders.",
    applies=lambda context: context.dockerrun.version == 1,
)
def version_1_volume_incomplete(context: Context) -> Iterator[Problem]:
    """Yield each folder that a volume does not name."""
    volumes = context.value.get("Volumes")
    if context.dockerrun.version != 1 or not isinstance(volumes, list):
        return
    for index, volume in enumerate(volumes):
        if not isinstance(volume, dict):
            continue
        for key in ("HostDirectory", "ContainerDirectory"):
            if volume.get(key) == "" or context.lacks(f"/Volumes/{index}", key):
                yield Problem(
                    f"This volume has no '{key}'.",
                    f"/Volumes/{index}",
                    fix=f'Add "{key}" with a path that begins with a slash.',
                    at="opening",
                )
