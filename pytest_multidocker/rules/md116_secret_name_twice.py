"""MD116: a secret's name is that of no other secret and no variable."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register

_SHARED = (
    "The secret name must be unique and not shared with any new or existing environment variables"
    " set on the container, such as '{}'."
)
_TWICE = "Duplicate secret names found: {}. Each secret name must be unique."


@register(
    id="MD116",
    name="secret-name-twice",
    severity="error",
    phase=REGISTER,
    source=ecs_api("Secret"),
    summary="A secret's name is that of no other secret and no variable of the container.",
    applies=lambda context: any(found.secrets for found in context.containers),
)
def secret_name_twice(context: Context) -> Iterator[Problem]:
    """Yield each secret whose name is taken."""
    for container in context.containers:
        variables = {name for name, _ in container.environment}
        seen: set[str] = set()
        for secret in container.secrets:
            name = secret.name
            if name and (name in variables or name in seen):
                is_shared = name in variables
                where = "environment" if is_shared else "another of its secrets"
                yield Problem(
                    f"The secret {shown(name)} of {context.label(container)} has the name of"
                    f" {'a variable in its ' if is_shared else ''}{where}.",
                    f"{secret.pointer}/name",
                    fix="Delete one of the two.",
                    aws_text=(_SHARED if is_shared else _TWICE).format(shown(name)),
                )
            seen.add(name)
