"""MD040: an Image of version 1 has a Name."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import EB_V1_V3, SOURCE_BUNDLE, Problem
from ._registry import register


@register(
    id="MD040",
    name="version-1-without-image-name",
    severity="error",
    phase=SOURCE_BUNDLE,
    source=EB_V1_V3,
    summary="An Image of version 1 has a Name.",
    applies=lambda context: context.dockerrun.version == 1,
)
def version_1_without_image_name(context: Context) -> Iterator[Problem]:
    """Yield a problem where an image has no name."""
    image = context.value.get("Image")
    if isinstance(image, dict) and image.get("Name") in (None, ""):
        yield Problem(
            "'Image' has no 'Name'.",
            "/Image",
            fix='Add "Name" with the name of the image, or delete "Image" and add a Dockerfile.',
            aws_text="No Docker image specified in either Dockerfile or Dockerrun.aws.json."
            " Abort deployment.",
            at="key",
        )
