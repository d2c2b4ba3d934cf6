"""MD044: authentication names a bucket and a key."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import EB_V2, SOURCE_BUNDLE, Problem
from ._registry import register


@register(
    id="MD044",
    name="authentication-incomplete",
    severity="error",
    phase=SOURCE_BUNDLE,
    source=EB_V2,
    summary="Authentication names a bucket and a key.",
    applies=lambda context: any("uthentication" in key for key in context.value),
)
def authentication_incomplete(context: Context) -> Iterator[Problem]:
    """Yield each of the two that is missing."""
    for name in ("authentication", "Authentication"):
        found = context.value.get(name)
        place = next((each for each in context.nodes if each.pointer == f"/{name}"), None)
        if place is None or not isinstance(found, dict):
            continue
        for key in place.shape["required"]:
            if found.get(key) == "" or context.lacks(f"/{name}", key):
                yield Problem(
                    f"'{name}' has no '{key}'.",
                    f"/{name}",
                    fix=f'Add "{key}": the credentials are an object of S3.',
                    at="key",
                )
