"""MD014: the platform still exists."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import SOURCE_BUNDLE, Problem
from ._registry import register


@register(
    id="MD014",
    name="retired-platform",
    severity="warning",
    phase=SOURCE_BUNDLE,
    source="https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/platforms-schedule.html",
    summary="The platform still exists.",
    applies=lambda context: context.options.platform is not None,
)
def retired_platform(context: Context) -> Iterator[Problem]:
    """Yield a problem where the platform is one that AWS has retired."""
    platform = context.options.platform
    if platform is not None and platform.retired:
        yield Problem(
            f"The platform {platform.title} was retired on {platform.retired}.",
            "/AWSEBDockerrunVersion",
            fix="Deploy to ECS running on 64bit Amazon Linux 2023; the file can stay as it is.",
        )
