"""MD705: the images that CI pushes are those that the file uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..dockerrun import Span
from ..dockerrun.shown import shown
from ..project.image_names import repository, stands_for
from ._ci import like, owner_of
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
    served = {
        image for image in used if any(stands_for(push.image, image) for push in around.pushes)
    }
    for push in around.pushes:
        if owner_of(push.image) not in owners or _is_of(push.image, served):
            continue
        hint = like(push.image, used)
        yield Problem(
            f"CI pushes '{shown(push.image, 80)}', which no container uses.{hint}",
            context.containers_pointer,
            fix="Push the name and the tag that the file has.",
            span=Span(push.line, push.column, push.line, push.column + 1),
            path=str(push.file),
        )


def _is_of(pushed: str, served: Iterable[str]) -> bool:
    """Whether it is an image that is used, or another tag of one that is pushed as it is used."""
    return any(stands_for(repository(pushed), repository(image)) for image in served)
