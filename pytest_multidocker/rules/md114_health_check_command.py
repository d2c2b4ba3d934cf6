"""MD114: a health check's command begins with CMD or CMD-SHELL."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register

_FIRST_WORDS = {"CMD", "CMD-SHELL"}


@register(
    id="MD114",
    name="health-check-command",
    severity="error",
    phase=REGISTER,
    source=ecs_api("HealthCheck"),
    summary="A health check's command begins with CMD or CMD-SHELL.",
    applies=lambda context: any(found.health_check for found in context.containers),
)
def health_check_command(context: Context) -> Iterator[Problem]:
    """Yield each check whose first word is another."""
    for container in context.containers:
        check = container.health_check
        if check is None or not check.command or check.command[0] in _FIRST_WORDS:
            continue
        words = json.dumps(["CMD", *check.command])
        yield Problem(
            f"The health check of {context.label(container)} begins with"
            f" '{shown(check.command[0])}'.",
            f"{check.pointer}/command/0",
            fix=f"Write {shown(words, 100)}, or CMD-SHELL and a line for the shell.",
        )
