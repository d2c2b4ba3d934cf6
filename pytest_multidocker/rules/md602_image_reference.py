"""MD602: images are named as Docker names them."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._images import images, reference_problem
from ._model import RUNTIME, Problem
from ._registry import register


@register(
    id="MD602",
    name="image-reference",
    severity="error",
    phase=RUNTIME,
    source="https://docs.docker.com/reference/cli/docker/image/tag/",
    summary="Images are named as Docker names them.",
    applies=lambda context: any(images(context)),
)
def image_reference(context: Context) -> Iterator[Problem]:
    """Yield each image name that no registry could have."""
    for image in images(context):
        problem = reference_problem(image.name)
        if problem is not None:
            yield image.problem(
                f"The image '{shown(image.name, 80)}' cannot be pulled: {problem.message}.",
                problem.fix,
                problem.aws_text,
            )
