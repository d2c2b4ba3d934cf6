"""MD113: a task has at most 10 containers."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import REGISTER, Problem
from ._registry import register

_MOST = 10


@register(
    id="MD113",
    name="too-many-containers",
    severity="error",
    phase=REGISTER,
    source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html",
    summary="A task has at most 10 containers.",
    applies=lambda context: bool(context.containers),
)
def too_many_containers(context: Context) -> Iterator[Problem]:
    """Yield a problem where there are more."""
    count = len(context.all_containers)
    if count > _MOST:
        yield Problem(
            f"The file defines {count} containers; a task has at most {_MOST}.",
            f"{context.containers_pointer}/{_MOST}",
            fix="Deploy a part of them as another environment.",
            aws_text="Too many containers.",
            at="opening",
        )
