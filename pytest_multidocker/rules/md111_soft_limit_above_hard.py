"""MD111: soft limits are not above hard limits."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register


@register(
    id="MD111",
    name="soft-limit-above-hard",
    severity="error",
    phase=REGISTER,
    source=ecs_api("Ulimit"),
    summary="Soft limits are not above hard limits.",
    applies=lambda context: any(found.ulimits for found in context.containers),
)
def soft_limit_above_hard(context: Context) -> Iterator[Problem]:
    """Yield each limit whose soft value is above its hard one."""
    for container in context.containers:
        for index, (name, soft, hard) in enumerate(container.ulimits):
            if 0 < hard < soft:
                yield Problem(
                    f"{context.label(container)} has a soft limit of {soft} for {shown(name)},"
                    f" above the hard limit of {hard}.",
                    f"{container.pointer}/ulimits/{index}/softLimit",
                    fix=f"Lower softLimit to {hard} or less, or raise hardLimit.",
                    aws_text=f"Soft limit exceeds hard limit for ulimit {name}",
                )
