"""MD041: a file of version 1 with an Image has Ports."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import EB_V1_V3, SOURCE_BUNDLE, Problem
from ._registry import register


@register(
    id="MD041",
    name="version-1-without-ports",
    severity="warning",
    phase=SOURCE_BUNDLE,
    source=EB_V1_V3,
    summary="A file of version 1 with an Image has Ports.",
    applies=lambda context: context.dockerrun.version == 1,
)
def version_1_without_ports(context: Context) -> Iterator[Problem]:
    """Yield a problem where an image has no ports."""
    if (
        context.dockerrun.version == 1
        and "Image" in context.value
        and not context.value.get("Ports")
    ):
        yield Problem(
            "The file names an image and no port of it.",
            "/Image",
            fix='Add "Ports": [{"ContainerPort": 80}] with the port that the image listens on.',
            at="key",
        )
