"""MD021: a key is spelt as Elastic Beanstalk and ECS spell it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ._context import Context
from ._keys import Kind
from ._model import EB_V2, SOURCE_BUNDLE, Problem
from ._registry import register


@register(
    id="MD021",
    name="misspelt-key",
    severity="error",
    phase=SOURCE_BUNDLE,
    source=EB_V2,
    summary="Keys are spelt as Elastic Beanstalk and ECS spell them, in upper and lower case too.",
)
def misspelt_key(context: Context) -> Iterator[Problem]:
    """Yield each unknown key that stands for one that the object lacks."""
    for found in context.judged_keys:
        if found.kind is Kind.MISSPELT:
            yield Problem(
                f"'{found.shown}' means nothing to {found.reader} here and is passed over."
                f" Did you mean '{found.meant}'?",
                found.pointer,
                fix=f"Rename the key to {found.meant}.",
                at="key",
                replacement=json.dumps(found.meant) if found.is_sure else None,
            )
