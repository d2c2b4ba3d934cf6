"""MD016: a file with container definitions is not of version 3."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import EB_V1_V3, SOURCE_BUNDLE, Problem
from ._registry import register


@register(
    id="MD016",
    name="containers-in-version-3",
    severity="error",
    phase=SOURCE_BUNDLE,
    source=EB_V1_V3,
    summary="A file with containerDefinitions is not of version 3.",
)
def containers_in_version_3(context: Context) -> Iterator[Problem]:
    """Yield a problem where version 3 has container definitions."""
    if context.dockerrun.version == 3 and context.version == 2:  # noqa: PLR2004 - the versions
        platform = context.options.platform
        in_silence = platform is not None and not platform.takes(2)
        yield Problem(
            "The file says version 3 and has containerDefinitions, which only version 2 has; "
            "version 3 takes its containers from docker-compose.yml.",
            "/AWSEBDockerrunVersion",
            fix="Write version 2 and deploy to an ECS platform branch.",
            aws_text="" if in_silence else "Unsupported AWSEBDockerrunVersion: 3",
        )
