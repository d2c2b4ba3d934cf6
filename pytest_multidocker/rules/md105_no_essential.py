"""MD105: at least one container is essential."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register


@register(
    id="MD105",
    name="no-essential",
    severity="error",
    phase=REGISTER,
    source=ecs_api("ContainerDefinition"),
    summary="At least one container is essential.",
    applies=lambda context: bool(context.containers),
)
def no_essential(context: Context) -> Iterator[Problem]:
    """Yield a problem where every container says that it is not essential."""
    if context.containers and not any(found.essential for found in context.containers):
        published = [found for found in context.containers if found.port_mappings]
        chosen = (published or list(context.containers))[0]
        yield Problem(
            "Every container says that it is not essential; a task needs one that is.",
            f"{chosen.pointer}/essential",
            fix=f"Set essential to true for '{chosen.name}'.",
            aws_text="Task definition doesn't have any essential container.",
        )
