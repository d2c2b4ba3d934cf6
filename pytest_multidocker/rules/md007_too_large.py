"""MD007: the task definition has at most 64 KiB."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ._context import Context
from ._model import REGISTER, Problem
from ._registry import register

_LARGEST = 65_536
_MOST_BYTES = 4
"""Of one character in UTF-8."""


@register(
    id="MD007",
    name="too-large",
    severity="error",
    phase=REGISTER,
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html",
    summary="The task definition has at most 64 KiB.",
)
def too_large(context: Context) -> Iterator[Problem]:
    """Yield a problem where the task definition is larger than ECS takes."""
    for issue in context.document.syntax_errors:
        if issue.kind == "too-large":
            yield Problem(issue.message, "", fix=issue.fix, span=issue.span)
            return
    if len(context.document.text) <= _LARGEST // _MOST_BYTES and not context.is_request:
        return
    plain = json.dumps(
        context.document.value, separators=(",", ":"), default=str, ensure_ascii=False
    )
    size = len(plain.encode(errors="replace"))
    if size > _LARGEST:
        yield Problem(
            f"The task definition has {size} bytes; ECS takes at most {_LARGEST}.",
            "",
            fix="Move long commands and configuration into the images.",
            aws_text=f"Actual length: '{size}'. Max allowed length is '65536' bytes.",
            at="opening",
        )
