"""MD003: the file has no comments."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import EB_V2, PARSE, Problem
from ._registry import register
from ._syntax import syntax_problems


@register(
    id="MD003",
    name="comment",
    severity="error",
    phase=PARSE,
    source=EB_V2,
    summary="The file has no comments.",
)
def comment(context: Context) -> Iterator[Problem]:
    """Yield each comment."""
    return syntax_problems(context, "comment")
