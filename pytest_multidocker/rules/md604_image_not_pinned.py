"""MD604: images have a tag, and not latest."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._images import images, is_reference, tag_of
from ._model import RUNTIME, Problem, ecs_api
from ._registry import register


@register(
    id="MD604",
    name="image-not-pinned",
    severity="warning",
    phase=RUNTIME,
    source=ecs_api("ContainerDefinition"),
    summary="Images have a tag, and not latest.",
    applies=lambda context: any(images(context)),
)
def image_not_pinned(context: Context) -> Iterator[Problem]:
    """Yield each image whose version is left open."""
    for image in images(context):
        if not is_reference(image.name):
            continue
        tag = tag_of(image.name)
        if tag in (None, "latest"):
            what = "no tag, which means latest" if tag is None else "the tag latest"
            yield Problem(
                f"The image '{shown(image.name, 80)}' has {what}: what is deployed changes with"
                " every push, and no older version can be deployed again.",
                image.pointer,
                fix="Name the version, or the commit, that was tested.",
            )
