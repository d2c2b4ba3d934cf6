"""MD603: images are names, not placeholders for them."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._images import FORBIDDEN, images, is_placeholder, placeholder_words
from ._model import REGISTER, Problem, ecs_api
from ._registry import register


@register(
    id="MD603",
    name="image-placeholder",
    severity="error",
    phase=REGISTER,
    source=ecs_api("ContainerDefinition"),
    summary="Images are names, not placeholders for them.",
    applies=lambda context: any(images(context)),
)
def image_placeholder(context: Context) -> Iterator[Problem]:
    """Yield each image that a template has left open."""
    for image in images(context):
        is_registered = context.is_request and not FORBIDDEN.search(image.name)
        if is_placeholder(image.name) and not is_registered:
            yield image.problem(
                f"The image '{shown(image.name, 80)}' is a placeholder that nothing has filled in.",
                "Write the image's name, or check the file that the build makes from this one.",
                placeholder_words(image.name),
            )
