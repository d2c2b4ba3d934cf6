"""MD012: version 2 is the number 2."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import EB_V2, SOURCE_BUNDLE, Problem
from ._registry import register


@register(
    id="MD012",
    name="version-as-text",
    severity="warning",
    phase=SOURCE_BUNDLE,
    source=EB_V2,
    summary="Version 2 is written as the number 2.",
)
def version_as_text(context: Context) -> Iterator[Problem]:
    """Yield a problem where version 2 is a string."""
    version = context.value.get("AWSEBDockerrunVersion")
    if isinstance(version, str) and context.dockerrun.version == 2:  # noqa: PLR2004 - the version
        yield Problem(
            "Version 2 is documented as the number 2; the string happens to work too.",
            "/AWSEBDockerrunVersion",
            fix="Write 2 without quotes.",
            replacement="2",
        )
