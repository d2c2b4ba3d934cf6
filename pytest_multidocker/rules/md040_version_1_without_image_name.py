"""MD040: a file of version 1 names its image, or stands beside a Dockerfile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..project.compose import NAMES as COMPOSE_FILES
from ._context import Context
from ._model import EB_V1_V3, SOURCE_BUNDLE, Problem
from ._registry import register

_NAME = "Dockerrun.aws.json"
_NO_IMAGE = (
    "No Docker image specified in either Dockerfile or Dockerrun.aws.json. Abort deployment."
)


@register(
    id="MD040",
    name="version-1-without-image-name",
    severity="error",
    phase=SOURCE_BUNDLE,
    source=EB_V1_V3,
    summary="A file of version 1 names its image, or stands beside a Dockerfile.",
    applies=lambda context: context.dockerrun.version == 1,
)
def version_1_without_image_name(context: Context) -> Iterator[Problem]:
    """Yield a problem where Elastic Beanstalk finds no image."""
    image = context.value.get("Image")
    if isinstance(image, dict) and image.get("Name") in (None, ""):
        yield Problem(
            "'Image' has no 'Name'.",
            "/Image",
            fix='Add "Name" with the name of the image, or delete "Image" and add a Dockerfile.',
            aws_text=_NO_IMAGE,
            at="key",
        )
    elif context.lacks("", "Image") and _is_alone(context):
        yield Problem(
            "The file names no image, and no Dockerfile stands beside it.",
            "/AWSEBDockerrunVersion",
            fix='Add "Image": {"Name": "..."}, or a Dockerfile.',
            aws_text=_NO_IMAGE,
        )


def _is_alone(context: Context) -> bool:
    """Whether nothing that the platform would start stands beside the file that it would read."""
    is_read = context.document.is_bundled or Path(context.document.path).name == _NAME
    if not context.has_folder or not is_read or context.version != 1:
        return False
    return not any(context.is_beside(name) for name in ("Dockerfile", *COMPOSE_FILES))
