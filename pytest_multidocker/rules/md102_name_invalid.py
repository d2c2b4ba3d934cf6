"""MD102: names are of the characters that ECS takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register

_VALID = re.compile(r"[A-Za-z0-9_-]+\Z")
_LONGEST = 255


@register(
    id="MD102",
    name="name-invalid",
    severity="error",
    phase=REGISTER,
    source=ecs_api("ContainerDefinition"),
    summary="Names have letters, digits, hyphens and underscores, at most 255.",
    applies=lambda context: bool(context.containers),
)
def name_invalid(context: Context) -> Iterator[Problem]:
    """Yield each name with another character, and each that is too long."""
    for container in context.containers:
        name, pointer = container.name, f"{container.pointer}/name"
        if name and not _VALID.match(name):
            proposal = re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-")[:_LONGEST]
            yield Problem(
                f"The name '{shown(name)}' has characters other than letters, digits, - and _.",
                pointer,
                fix=f'Write "{proposal}".' if proposal else "Choose another name.",
                aws_text="Container.name contains invalid characters.",
            )
        elif len(name) > _LONGEST:
            yield Problem(
                f"The name has {len(name)} characters; ECS takes at most {_LONGEST}.",
                pointer,
                fix="Shorten it.",
            )
