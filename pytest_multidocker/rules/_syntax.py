"""What MD001, MD002, MD003 and MD005 share: departures from JSON as problems."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun import SyntaxIssue
from ._context import Context
from ._model import Problem

_AWS_TEXT = "The Dockerrun.aws.json file is not in valid JSON format."


def syntax_problems(context: Context, kind: str) -> Iterator[Problem]:
    """Yield the syntax errors of one kind."""
    for issue in context.document.syntax_errors:
        if issue.kind == kind:
            yield _problem(issue)


def _problem(issue: SyntaxIssue) -> Problem:
    return Problem(
        issue.message,
        "",
        fix=issue.fix,
        aws_text=_AWS_TEXT,
        span=issue.span,
        replacement=issue.replacement,
    )
