"""MD706: deploys name a Region, an application, an environment and a bucket."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun import Span
from ._context import Context
from ._model import SOURCE_BUNDLE, Problem
from ._registry import register


@register(
    id="MD706",
    name="deploy-incomplete",
    severity="warning",
    phase=SOURCE_BUNDLE,
    source="https://docs.travis-ci.com/user/deployment-v2/providers/elasticbeanstalk/",
    summary="Deploys name a Region, an application, an environment and a bucket.",
    applies=lambda context: context.around is not None,
)
def deploy_incomplete(context: Context) -> Iterator[Problem]:
    """Yield each option that a deploy lacks."""
    around = context.around
    for deploy in around.deploys if around is not None else ():
        for names in deploy.required:
            if not any(name in deploy.options for name in names):
                yield Problem(
                    f"The deploy to Elastic Beanstalk does not say its {names[0]}.",
                    "",
                    fix=f"Add {names[0]}.",
                    span=Span(deploy.line, deploy.column, deploy.line, deploy.column + 1),
                    path=str(deploy.file),
                )
