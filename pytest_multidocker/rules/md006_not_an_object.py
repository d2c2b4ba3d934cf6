"""MD006: the file holds one object."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import EB_V2, SOURCE_BUNDLE, Problem
from ._registry import register


@register(
    id="MD006",
    name="not-an-object",
    severity="error",
    phase=SOURCE_BUNDLE,
    source=EB_V2,
    summary="The file holds one JSON object.",
)
def not_an_object(context: Context) -> Iterator[Problem]:
    """Yield a problem where the top of the file is something else."""
    if context.is_object or (context.document.value is None and context.document.syntax_errors):
        return
    names = {list: "an array", str: "a string", type(None): "null", bool: "a boolean"}
    kind = names.get(type(context.document.value), "a number")
    yield Problem(
        f"The file holds {kind}; a Dockerrun file holds an object.",
        "",
        fix='Write { "AWSEBDockerrunVersion": 2, "containerDefinitions": [ ... ] }.',
        aws_text="AWSEBDockerrunVersion is missing.",
        at="opening",
    )
