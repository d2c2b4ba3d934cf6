"""MD117: files whose secrets or credentials ECS reads name a role for it."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register

_WORDS = {
    "secrets": "When you are specifying container secrets, you must also specify a value for"
    " 'executionRoleArn'.",
    "repositoryCredentials": "Private repository authentication requires that the task definition"
    " specify a value for executionRoleArn.",
}


@register(
    id="MD117",
    name="execution-role-missing",
    severity="error",
    phase=REGISTER,
    source=ecs_api("RegisterTaskDefinition"),
    summary="A file whose secrets or credentials ECS reads has an executionRoleArn.",
    applies=lambda context: bool(context.containers),
)
def execution_role_missing(context: Context) -> Iterator[Problem]:
    """Yield each container that needs the role, where there is none."""
    if context.value.get("executionRoleArn") or not context.lacks("", "executionRoleArn"):
        return
    for container in context.containers:
        for key, words in _WORDS.items():
            if context.raw(container).get(key):
                yield Problem(
                    f"{context.label(container)} has {key}, and the file has no executionRoleArn.",
                    f"{container.pointer}/{key}",
                    fix='Add "executionRoleArn" at the top of the file: a role that may read them.',
                    aws_text=words,
                    at="key",
                )
