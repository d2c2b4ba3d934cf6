"""MD022: a key stands where it belongs."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._keys import Kind
from ._model import EB_V2, SOURCE_BUNDLE, Problem
from ._registry import register


@register(
    id="MD022",
    name="misplaced-key",
    severity="error",
    phase=SOURCE_BUNDLE,
    source=EB_V2,
    summary="Keys stand in the object that they belong to.",
)
def misplaced_key(context: Context) -> Iterator[Problem]:
    """Yield each key that another object of the file would understand."""
    for found in context.judged_keys:
        if found.kind is Kind.MISPLACED:
            yield Problem(
                f"'{found.shown}' means nothing to {found.reader} here and is passed over;"
                f" it belongs {found.meant}.",
                found.pointer,
                fix="Move it there.",
                at="key",
            )
