"""MD008: a source bundle has Dockerrun.aws.json at its root."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import SOURCE_BUNDLE, Problem
from ._registry import register


@register(
    id="MD008",
    name="bundle-layout",
    severity="error",
    phase=SOURCE_BUNDLE,
    source="https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/applications-sourcebundle.html",
    summary="A source bundle has Dockerrun.aws.json at its root.",
)
def bundle_layout(context: Context) -> Iterator[Problem]:
    """Yield a problem where a bundle has no Dockerrun file at its root."""
    for issue in context.document.syntax_errors:
        if issue.kind == "bundle-layout":
            yield Problem(
                issue.message,
                "",
                fix=issue.fix,
                aws_text="No ecs task definition (or empty definition file) found in environment",
                span=issue.span,
            )
