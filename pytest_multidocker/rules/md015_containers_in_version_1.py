"""MD015: a file with container definitions is not of version 1."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import EB_V2, SOURCE_BUNDLE, Problem
from ._registry import register

_NO_IMAGE = (
    "No Docker image specified in either Dockerfile or Dockerrun.aws.json. Abort deployment."
)


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
    if context.dockerrun.version == 1 and context.version == 2:  # noqa: PLR2004 - the version
        platform = context.options.platform
        on_docker = platform is not None and not platform.takes(2)
        yield Problem(
            "The file says version 1 and has containerDefinitions, which only version 2 has.",
            "/AWSEBDockerrunVersion",
            fix="Write version 2 and deploy to an ECS platform branch.",
            aws_text=_NO_IMAGE if on_docker else "Unsupported AWSEBDockerrunVersion: 1",
        )
