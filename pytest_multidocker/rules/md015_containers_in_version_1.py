"""MD015: a file with container definitions is not of version 1."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import EB_V2, SOURCE_BUNDLE, Problem
from ._registry import register


@register(
    id="MD015",
    name="containers-in-version-1",
    severity="error",
    phase=SOURCE_BUNDLE,
    source=EB_V2,
    summary="A file with containerDefinitions is not of version 1.",
)
def containers_in_version_1(context: Context) -> Iterator[Problem]:
    """Yield a problem where version 1 has container definitions."""
    if context.dockerrun.version == 1 and "containerDefinitions" in context.value:
        yield Problem(
            "The file says version 1 and has containerDefinitions, which only version 2 has.",
            "/AWSEBDockerrunVersion",
            fix="Write version 2 and deploy to an ECS platform branch.",
            aws_text="Unsupported AWSEBDockerrunVersion: 1",
        )
