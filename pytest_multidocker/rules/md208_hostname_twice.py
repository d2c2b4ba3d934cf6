"""MD208: linked containers have different host names."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import RUNTIME, Problem, ecs_api
from ._registry import register


@register(
    id="MD208",
    name="hostname-twice",
    severity="warning",
    phase=RUNTIME,
    source=ecs_api("ContainerDefinition"),
    summary="Linked containers have different host names.",
    applies=lambda context: any(context.linked()),
)
def hostname_twice(context: Context) -> Iterator[Problem]:
    """Yield each host name that two targets share."""
    by_name = {found.name: found for found in context.containers}
    for container in context.linked():
        seen: dict[str, str] = {}
        for link in container.links:
            target = by_name.get(link.name)
            hostname = target.hostname if target else None
            if hostname and seen.get(hostname, link.name) != link.name:
                yield Problem(
                    f"{context.label(container)} links to '{seen[hostname][:60]}' and"
                    f" '{link.name[:60]}', which both have the host name '{hostname[:60]}'.",
                    link.pointer,
                    fix="Give one of the two another host name.",
                )
            if hostname:
                seen.setdefault(hostname, link.name)
