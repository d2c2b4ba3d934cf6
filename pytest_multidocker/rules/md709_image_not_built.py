"""MD709: the project builds the images of its own account."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._ci import owner_of
from ._context import Context
from ._model import EB_V2, RUNTIME, Problem
from ._registry import register


@register(
    id="MD709",
    name="image-not-built",
    severity="info",
    phase=RUNTIME,
    source=EB_V2,
    summary="The project builds the images of its own account.",
    applies=lambda context: context.around is not None and bool(context.containers),
)
def image_not_built(context: Context) -> Iterator[Problem]:
    """Yield each image of the project's account that nothing builds."""
    around = context.around
    if around is None:
        return
    built = {found.name: around.recipe(found) for found in context.containers}
    owners = {owner_of(found.image) for found in context.containers if built[found.name]} - {""}
    for container in context.containers:
        if built[container.name] is None and owner_of(container.image) in owners:
            yield Problem(
                f"Nothing in the project builds '{shown(container.image, 80)}': there is no folder"
                f" {container.name}/, no build in CI and no entry in the settings.",
                f"{container.pointer}/image",
                fix=f"Add {container.name}/Dockerfile, or name the folder under"
                " [tool.multidocker.images].",
            )
