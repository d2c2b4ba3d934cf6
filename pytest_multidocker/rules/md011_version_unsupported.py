"""MD011: the version is 1, 2 or 3."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import EB_V2, SOURCE_BUNDLE, Problem
from ._registry import register

_POINTER = "/AWSEBDockerrunVersion"


@register(
    id="MD011",
    name="version-unsupported",
    severity="error",
    phase=SOURCE_BUNDLE,
    source=EB_V2,
    summary="The version is 1, 2 or 3.",
)
def version_unsupported(context: Context) -> Iterator[Problem]:
    """Yield a problem where the version is given and is none that exists."""
    version = context.value.get("AWSEBDockerrunVersion")
    if version is None or context.dockerrun.version is not None:
        return
    given = shown(version if isinstance(version, str) else json.dumps(version))
    yield Problem(
        f"Elastic Beanstalk knows the versions 1, 2 and 3 of this file, not {given}.",
        _POINTER,
        fix=f"Write {context.version}, the version that the file's keys are of.",
        aws_text=f"Unsupported AWSEBDockerrunVersion: {given}",
    )
