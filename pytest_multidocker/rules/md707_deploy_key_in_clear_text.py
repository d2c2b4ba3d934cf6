"""MD707: CI files take AWS keys from variables."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun import Span
from ._context import Context
from ._model import SOURCE_BUNDLE, Problem
from ._registry import register


@register(
    id="MD707",
    name="deploy-key-in-clear-text",
    severity="error",
    phase=SOURCE_BUNDLE,
    source="https://docs.travis-ci.com/user/deployment-v2/providers/elasticbeanstalk/",
    summary="CI files take AWS keys from variables.",
    applies=lambda context: context.around is not None,
)
def deploy_key_in_clear_text(context: Context) -> Iterator[Problem]:
    """Yield each key that is written out."""
    around = context.around
    for key in around.clear_keys if around is not None else ():
        yield Problem(
            f"The {key.name} stands in the CI file in clear text.",
            "",
            fix="Revoke the key, and take a new one from an encrypted variable.",
            span=Span(key.line, key.column, key.line, key.column + key.length),
            path=str(key.file),
        )
