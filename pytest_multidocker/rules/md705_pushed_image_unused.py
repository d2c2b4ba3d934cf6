"""MD705: the images that CI pushes are those that the file uses."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun import Span
from ..dockerrun.shown import shown
from ._ci import like, matches, owner_of
from ._context import Context
from ._model import RUNTIME, Problem
from ._registry import register


@register(
    id="MD705",
    name="pushed-image-unused",
    severity="warning",
    phase=RUNTIME,
    source="https://docs.docker.com/reference/cli/docker/image/push/",
    summary="The images that CI pushes are those that the file uses.",
    applies=lambda context: context.around is not None and bool(context.containers),
)
def pushed_image_unused(context: Context) -> Iterator[Problem]:
    """Yield each image that is pushed for nothing."""
    around = context.around
    if around is None:
        return
    used = [container.image for container in context.containers if container.image]
    owners = {owner_of(image) for image in used} - {""}
    for push in around.pushes:
        if owner_of(push.image) not in owners or any(matches(push.image, image) for image in used):
            continue
        hint = like(push.image, used)
        yield Problem(
            f"CI pushes '{shown(push.image, 80)}', which no container uses.{hint}",
            context.containers_pointer,
            fix="Push the name and the tag that the file has.",
            span=Span(push.line, push.column, push.line, push.column + 1),
            path=str(push.file),
        )
