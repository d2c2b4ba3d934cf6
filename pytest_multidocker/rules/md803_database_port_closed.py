"""MD803: the security group lets the instances in on the ports of their databases."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._databases import databases, security_group
from ._model import RUNTIME, Problem
from ._registry import register


@register(
    id="MD803",
    name="database-port-closed",
    severity="error",
    phase=RUNTIME,
    source="https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    summary="The security group lets the instances in on the ports of their databases.",
    applies=lambda context: context.around is not None and bool(context.containers),
)
def database_port_closed(context: Context) -> Iterator[Problem]:
    """Yield each database whose port is none of those that its group opens."""
    around = context.around
    ports = around.settings.deploy.security_group_ports if around is not None else None
    if around is None or ports is None:
        return
    low, high = ports
    opened = f"the ports {low}-{high}" if low < high else f"port {low}"
    group = security_group(around)
    file, span = around.setting("deploy", "security_group_ports")
    for database in databases(around):
        if database.is_in(group) and not low <= database.port <= high:
            yield Problem(
                f"{database.name} listens on port {database.port}, and the security group {group} "
                f"lets its members in on {opened} only: connections to it time out.",
                "",
                fix=f"Write '{min(low, database.port)}-{max(high, database.port)}', or leave "
                "security_group_ports out.",
                span=span,
                path=file,
            )
