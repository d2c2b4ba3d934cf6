"""MD017: version 2 has at least one container."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.source import escape
from ._context import Context
from ._model import EB_V2, REGISTER, Problem
from ._registry import register

_KEY = "containerDefinitions"


@register(
    id="MD017",
    name="no-containers",
    severity="error",
    phase=REGISTER,
    source=EB_V2,
    summary="A file of version 2 has at least one container definition.",
)
def no_containers(context: Context) -> Iterator[Problem]:
    """Yield a problem where the list is absent or empty; a mis-spelt one is MD021's."""
    key = context.key_of(_KEY)
    given = context.value.get(key)
    if not context.is_object or context.version != 2 or given not in (None, []):  # noqa: PLR2004
        return
    if given is None and not context.lacks("", _KEY):
        return
    yield Problem(
        "The file defines no container.",
        f"/{escape(key)}" if key in context.value else "",
        fix="Add a container definition with name, image and memory.",
        aws_text="Container list cannot be empty.",
        at="key" if key in context.value else "opening",
    )
