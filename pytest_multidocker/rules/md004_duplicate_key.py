"""MD004: an object gives each key once."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import PARSE, Problem
from ._registry import register


@register(
    id="MD004",
    name="duplicate-key",
    severity="error",
    phase=PARSE,
    source="https://www.rfc-editor.org/rfc/rfc8259#section-4",
    summary="An object gives each key once.",
)
def duplicate_key(context: Context) -> Iterator[Problem]:
    """Yield each key that its object has already given."""
    for found in context.document.duplicates:
        yield Problem(
            f"The key '{shown(found.key)}' stands twice in this object, first in line "
            f"{found.first.line}; only the last value counts.",
            found.pointer,
            fix="Keep one of the two, or put both values into one list.",
            span=found.again,
        )
