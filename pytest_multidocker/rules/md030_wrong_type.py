"""MD030: values have the type that ECS asks for."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import SOURCE_BUNDLE, Problem, ecs_api
from ._registry import register
from ._types import Verdict, verdicts

_TOKENS: dict[type, str] = {dict: "START_OBJECT", list: "START_ARRAY"}
_COMMANDS = {"command", "entryPoint"}


@register(
    id="MD030",
    name="wrong-type",
    severity="error",
    phase=SOURCE_BUNDLE,
    source=ecs_api("ContainerDefinition"),
    summary="Every value has the type that ECS asks for.",
)
def wrong_type(context: Context) -> Iterator[Problem]:
    """Yield each value that Elastic Beanstalk cannot read as the type that it must be."""
    for found in verdicts(context):
        if found.verdict is Verdict.WRONG:
            kind: type = type(found.node.value)
            token = _TOKENS.get(kind, "") if found.is_scalar else ""
            if found.node.key in _COMMANDS and kind is str:
                token = _TOKENS[dict]  # so Elastic Beanstalk called a command in one text
            yield Problem(
                f"{found.subject} must be {found.wanted}, not {found.given}.",
                found.node.pointer,
                fix=found.fix,
                replacement=found.replacement,
                aws_text=f"We expected a VALUE token but got: {token}" if token else "",
            )
