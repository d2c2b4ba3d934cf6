"""MD802: databases that the settings declare are told to the containers."""

from __future__ import annotations

from collections.abc import Iterator

from ..project.environment import references
from ._context import Context
from ._databases import databases
from ._model import RUNTIME, Problem
from ._registry import register


@register(
    id="MD802",
    name="database-unused",
    severity="warning",
    phase=RUNTIME,
    source="https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/AWSHowTo.RDS.html",
    summary="Databases that the settings declare are told to the containers.",
    applies=lambda context: context.around is not None and bool(context.containers),
)
def database_unused(context: Context) -> Iterator[Problem]:
    """Yield each database whose address no property holds."""
    around = context.around
    if around is None:
        return
    named = {
        reference
        for value in around.settings.environment.values()
        for reference in references(value)
    }
    for database in databases(around):
        if f"{database.name}.address" not in named:
            yield Problem(
                f"The settings declare {database.name}, and no environment property holds its"
                " address.",
                context.containers_pointer,
                fix="Set a property to ${" + f"{database.name}.address" + "} under"
                " [tool.multidocker.environment].",
                at="key",
            )
