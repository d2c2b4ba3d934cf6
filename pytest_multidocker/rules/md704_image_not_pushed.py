"""MD704: the images that CI builds are pushed under the names that the file has."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ..project.image_names import stands_for
from ._ci import like, owner_of
from ._context import Context
from ._images import is_placeholder
from ._model import RUNTIME, Problem
from ._registry import register


@register(
    id="MD704",
    name="image-not-pushed",
    severity="warning",
    phase=RUNTIME,
    source="https://docs.docker.com/reference/cli/docker/image/push/",
    summary="The images that CI builds are pushed under the names that the file has.",
    applies=lambda context: context.around is not None and bool(context.containers),
)
def image_not_pushed(context: Context) -> Iterator[Problem]:
    """Yield each image of the project's account that is not pushed."""
    around = context.around
    if around is None or not around.pushes:
        return
    pushed = [push.image for push in around.pushes]
    owners = {owner_of(image) for image in pushed} - {""}
    for container in context.containers:
        image = container.image
        ours = owner_of(image) in owners
        if (
            not image
            or not ours
            or is_placeholder(image)
            or any(stands_for(each, image) for each in pushed)
        ):
            continue
        names = [each for each in pushed if "$" not in each]
        yield Problem(
            f"{context.label(container)} uses the image '{shown(image, 80)}', which no CI"
            f" file pushes.{like(image, names)}",
            f"{container.pointer}/image",
            fix=f"Push it in {around.pushes[0].file.name}, or use an image that is pushed there.",
            aws_text="CannotPullContainerError",
        )
