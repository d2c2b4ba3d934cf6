"""MD710: a file of version 3 stands beside a docker-compose.yml."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import EB_V1_V3, SOURCE_BUNDLE, Problem
from ._registry import register

_VERSION = 3
_COMPOSE = "docker-compose.yml"


@register(
    id="MD710",
    name="version-3-without-compose",
    severity="error",
    phase=SOURCE_BUNDLE,
    source=EB_V1_V3,
    summary="A file of version 3 stands beside a docker-compose.yml.",
    applies=lambda context: context.has_folder and context.dockerrun.version == _VERSION,
)
def version_3_without_compose(context: Context) -> Iterator[Problem]:
    """Yield a problem where there is no compose file."""
    if context.has_folder and not context.is_beside(_COMPOSE):
        yield Problem(
            f"Version 3 takes its containers from {_COMPOSE}, which is not beside it.",
            "/AWSEBDockerrunVersion",
            fix=f"Add {_COMPOSE}, or write version 2 with containerDefinitions.",
        )
