"""MD001: the file is JSON."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import EB_V2, PARSE, Problem
from ._registry import register
from ._syntax import syntax_problems


@register(
    id="MD001",
    name="invalid-json",
    severity="error",
    phase=PARSE,
    source=EB_V2,
    summary="The file is valid JSON in UTF-8.",
)
def invalid_json(context: Context) -> Iterator[Problem]:
    """Yield each departure from JSON that has no rule of its own."""
    return syntax_problems(context, "syntax")
