"""MD601: image names have only the characters that ECS takes."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._images import FORBIDDEN, images, is_placeholder
from ._model import REGISTER, Problem, ecs_api
from ._registry import register

_LONGEST = 255


@register(
    id="MD601",
    name="image-characters",
    severity="error",
    phase=REGISTER,
    source=ecs_api("ContainerDefinition"),
    summary="Image names have only the characters that ECS takes.",
    applies=lambda context: any(images(context)),
)
def image_characters(context: Context) -> Iterator[Problem]:
    """Yield each image with another character, and each that is too long."""
    for image in images(context):
        if not image.name or is_placeholder(image.name):
            continue
        if character := FORBIDDEN.search(image.name):
            what = "a blank" if character[0].isspace() else f"the character {character[0]}"
            yield image.problem(
                f"The image '{shown(image.name, 80)}' has {what} in it.",
                "Write registry/repository:tag.",
                "Container.image contains invalid characters.",
            )
        elif len(image.name.partition("@")[0]) > _LONGEST:
            yield image.problem(
                f"The image's name has {len(image.name)} characters; ECS takes at most {_LONGEST}.",
                "Shorten the repository or the tag.",
                "Container.image should be 255 characters or less",
            )
