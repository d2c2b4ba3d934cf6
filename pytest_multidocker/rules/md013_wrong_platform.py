"""MD013: the version fits the platform that the file is deployed to."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import EB_V2, SOURCE_BUNDLE, Problem
from ._registry import register


@register(
    id="MD013",
    name="wrong-platform",
    severity="error",
    phase=SOURCE_BUNDLE,
    source=EB_V2,
    summary="The version fits the platform that the file is deployed to.",
    applies=lambda context: context.options.platform is not None,
)
def wrong_platform(context: Context) -> Iterator[Problem]:
    """Yield a problem where the platform cannot take the file's version."""
    platform = context.options.platform
    version = context.dockerrun.version
    if platform is None or version is None or platform.takes(version):
        return
    fitting = " or ".join(map(str, platform.versions))
    yield Problem(
        f"Version {version} is not for the platform {platform.title}, which takes {fitting}.",
        "/AWSEBDockerrunVersion",
        fix=f"Deploy to {platform.instead(version)}, or write version {fitting}.",
        aws_text=platform.refusal(version),
    )
