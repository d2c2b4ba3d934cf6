"""MD707: deploys take their AWS keys from variables."""

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
    summary="Deploys take their AWS keys from variables.",
    applies=lambda context: context.around is not None,
)
def deploy_key_in_clear_text(context: Context) -> Iterator[Problem]:
    """Yield each key that is written out."""
    around = context.around
    for deploy in around.deploys if around is not None else ():
        for name in deploy.secrets:
            given = deploy.options.get(name)
            if given is not None and given.text and "$" not in given.text:
                yield Problem(
                    f"The {name} of the deploy stands in the CI file in clear text.",
                    "",
                    fix="Revoke the key, and take a new one from an encrypted variable.",
                    span=Span(given.line, given.column, given.line, given.column + len(given.text)),
                    path=str(deploy.file),
                )
