"""MD031: no value has to be converted."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import SOURCE_BUNDLE, Problem, ecs_api
from ._registry import register
from ._types import Verdict, verdicts


@register(
    id="MD031",
    name="converted-value",
    severity="warning",
    phase=SOURCE_BUNDLE,
    source=ecs_api("ContainerDefinition"),
    summary="No value has to be converted to the type that ECS asks for.",
)
def converted_value(context: Context) -> Iterator[Problem]:
    """Yield each value of another type that Elastic Beanstalk converts."""
    for found in verdicts(context):
        if found.verdict is Verdict.CONVERTED:
            yield Problem(
                f"{found.subject} should be {found.wanted}, not {found.given}; "
                "Elastic Beanstalk converts it, the AWS CLI refuses it.",
                found.node.pointer,
                fix=found.fix,
                replacement=found.replacement,
            )
