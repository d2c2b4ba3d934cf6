"""MD804: databases are in the security group of the instances that use them."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._databases import databases, security_group
from ._model import RUNTIME, Problem
from ._registry import register


@register(
    id="MD804",
    name="database-in-another-group",
    severity="warning",
    phase=RUNTIME,
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.RDSSecurityGroups.html",
    summary="Databases are in the security group of the instances that use them.",
    applies=lambda context: context.around is not None and bool(context.containers),
)
def database_in_another_group(context: Context) -> Iterator[Problem]:
    """Yield each database that the deploy's group does not open."""
    around = context.around
    if around is None:
        return
    group = security_group(around)
    for database in databases(around):
        if not database.is_in(group):
            others = " and ".join(database.security_groups or ("the default one of the VPC",))
            file, span = around.setting(database.kind, database.identifier, "security_groups")
            yield Problem(
                f"{database.name} is in the security group {others}, and the instances are in "
                f"{group}: nothing here says that they may reach it.",
                "",
                fix=f"Add '{group}', or make sure that the other group has a rule for port "
                f"{database.port} from it.",
                span=span,
                path=file,
            )
