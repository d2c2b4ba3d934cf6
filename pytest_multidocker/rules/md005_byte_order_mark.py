"""MD005: no byte order mark."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import EB_V2, PARSE, Problem
from ._registry import register
from ._syntax import syntax_problems


@register(
    id="MD005",
    name="byte-order-mark",
    severity="error",
    phase=PARSE,
    source=EB_V2,
    summary="The file does not begin with a byte order mark.",
)
def byte_order_mark(context: Context) -> Iterator[Problem]:
    """Yield each byte order mark."""
    return syntax_problems(context, "byte-order-mark")
