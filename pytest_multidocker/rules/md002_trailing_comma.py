"""MD002: no comma before a closing bracket."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import EB_V2, PARSE, Problem
from ._registry import register
from ._syntax import syntax_problems


@register(
    id="MD002",
    name="trailing-comma",
    severity="error",
    phase=PARSE,
    source=EB_V2,
    summary="No comma stands before a closing bracket.",
)
def trailing_comma(context: Context) -> Iterator[Problem]:
    """Yield each trailing comma."""
    return syntax_problems(context, "trailing-comma")
