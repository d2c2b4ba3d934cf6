"""MD010: AWSEBDockerrunVersion is given, in exactly that spelling."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.source import escape
from ._context import Context
from ._model import EB_V2, SOURCE_BUNDLE, Problem
from ._registry import register

_KEY = "AWSEBDockerrunVersion"
_AWS_TEXT = "AWSEBDockerrunVersion is missing."


@register(
    id="MD010",
    name="version-missing",
    severity="error",
    phase=SOURCE_BUNDLE,
    source=EB_V2,
    summary="AWSEBDockerrunVersion is given, in exactly that spelling.",
)
def version_missing(context: Context) -> Iterator[Problem]:
    """Yield a problem where the version is absent, ``null`` or mis-spelt."""
    if not context.is_object or not context.is_absent("", _KEY):
        return
    for key in context.value:
        if key != _KEY and context.hints.nearest(key, (_KEY,)):
            yield Problem(
                f"'{key}' is not '{_KEY}': the spelling counts, upper and lower case too.",
                f"/{escape(key)}",
                fix=f"Rename the key to {_KEY}.",
                aws_text=_AWS_TEXT,
                at="key",
                replacement=f'"{_KEY}"',
            )
            return
    yield Problem(
        f"'{_KEY}' is missing.",
        "",
        fix=f'Add "{_KEY}": {context.version}.',
        aws_text=_AWS_TEXT,
        at="opening",
    )
