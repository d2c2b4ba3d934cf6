"""MD020: Elastic Beanstalk passes over keys that it does not know."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._keys import Kind
from ._model import EB_V2, SOURCE_BUNDLE, Problem
from ._registry import register


@register(
    id="MD020",
    name="unknown-key",
    severity="warning",
    phase=SOURCE_BUNDLE,
    source=EB_V2,
    summary="Every key is one that Elastic Beanstalk or ECS knows.",
)
def unknown_key(context: Context) -> Iterator[Problem]:
    """Yield each key that means nothing where it stands, and is not like one that would."""
    for found in context.judged_keys:
        if found.kind is Kind.UNKNOWN:
            yield Problem(
                f"'{found.shown}' means nothing to {found.reader} here and is passed over.",
                found.pointer,
                fix=found.fix or "Delete the key.",
                at="key",
            )
