"""MD104: every container has an image."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register


@register(
    id="MD104",
    name="image-missing",
    severity="error",
    phase=REGISTER,
    source=ecs_api("ContainerDefinition"),
    summary="Every container has an image.",
    applies=lambda context: bool(context.containers),
)
def image_missing(context: Context) -> Iterator[Problem]:
    """Yield each container whose image is absent, ``null`` or empty."""
    for container in context.containers:
        if context.is_blank(container.pointer, "image"):
            yield context.at_container(
                container,
                f"{context.label(container)} has no image.",
                fix='Add "image" with the name of an image that is pushed to a registry.',
                aws_text="Container.image should not be null or empty.",
            )
