"""MD110: the awslogs driver has its group and Region."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register


@register(
    id="MD110",
    name="log-options-missing",
    severity="error",
    phase=REGISTER,
    source=ecs_api("LogConfiguration"),
    summary="The awslogs driver has its group and Region.",
    applies=lambda context: any(found.log_configuration for found in context.containers),
)
def log_options_missing(context: Context) -> Iterator[Problem]:
    """Yield each container whose log options are not complete."""
    for container in context.containers:
        found = container.log_configuration
        if found is None or found.get("logDriver") != "awslogs":
            continue
        options = found.get("options")
        given = options if isinstance(options, dict) else {}
        missing = [name for name in ("awslogs-region", "awslogs-group") if not given.get(name)]
        if missing:
            yield Problem(
                f"{context.label(container)} logs to CloudWatch without {' and '.join(missing)}.",
                f"{container.pointer}/logConfiguration",
                fix=f"Add {' and '.join(missing)} to its options.",
                aws_text=f"Log driver awslogs requires options: {', '.join(missing)}",
                at="key",
            )
