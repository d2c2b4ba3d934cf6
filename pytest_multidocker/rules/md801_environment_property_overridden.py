"""MD801: a variable is set by the file or as an environment property, not both."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import RUNTIME, Problem
from ._registry import register


@register(
    id="MD801",
    name="environment-property-overridden",
    severity="warning",
    phase=RUNTIME,
    source="https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/"
    "environments-cfg-softwaresettings.html",
    summary="A variable is set by the file or as an environment property, not both.",
    applies=lambda context: context.around is not None and bool(context.containers),
)
def environment_property_overridden(context: Context) -> Iterator[Problem]:
    """Yield each variable that is set twice, differently."""
    around = context.around
    if around is None:
        return
    for container in context.containers:
        for index, (name, value) in enumerate(container.environment):
            if name in around.properties and around.properties[name] != value:
                yield Problem(
                    f"{context.label(container)} sets {shown(name)}, and so does an environment"
                    " property, with another value.",
                    f"{container.pointer}/environment/{index}",
                    fix="Delete one of the two: AWS does not document which one counts.",
                )
