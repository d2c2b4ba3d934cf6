"""MD109: no secret stands in the file."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import SOURCE_BUNDLE, Problem
from ._registry import register
from ._secrets import is_secret


@register(
    id="MD109",
    name="secret-in-clear-text",
    severity="warning",
    phase=SOURCE_BUNDLE,
    source="https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/AWSHowTo.secrets.html",
    summary="No secret stands in the file.",
    applies=lambda context: any(found.environment for found in context.containers),
)
def secret_in_clear_text(context: Context) -> Iterator[Problem]:
    """Yield each environment variable that looks like a secret."""
    for container in context.containers:
        for index, (name, value) in enumerate(container.environment):
            if is_secret(name, value):
                yield Problem(
                    f"{context.label(container)} has {shown(name)} in clear text.",
                    f"{container.pointer}/environment/{index}/value",
                    fix="Set it as an environment property, best from Secrets Manager.",
                )
