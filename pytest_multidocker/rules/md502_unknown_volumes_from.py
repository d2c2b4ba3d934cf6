"""MD502: volumesFrom names containers of the file."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register


@register(
    id="MD502",
    name="unknown-volumes-from",
    severity="error",
    phase=REGISTER,
    source=ecs_api("VolumeFrom"),
    summary="volumesFrom names containers of the same file.",
    applies=lambda context: any(found.volumes_from for found in context.containers),
)
def unknown_volumes_from(context: Context) -> Iterator[Problem]:
    """Yield each source container that is not defined."""
    for container in context.containers:
        others = context.names_but(container)
        for source in container.volumes_from:
            name = source.source_container
            if name not in context.by_name:
                yield Problem(
                    f"{context.label(container)} takes volumes from '{shown(name)}', which no"
                    f" container is named.{context.hints.did_you_mean(name, others)}",
                    f"{source.pointer}/sourceContainer",
                    fix="Name a container of this file, or share a volume through mountPoints.",
                    aws_text=f"Invalid 'volumesFrom' setting. Unknown container: '{name}'.",
                )
