"""MD208: linked containers have different host names."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
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
    for container in context.linked():
        seen: dict[str, str] = {}
        for link in container.links:
            target = context.by_name.get(link.name)
            hostname = target.hostname if target else None
            if hostname and seen.get(hostname, link.name) != link.name:
                yield Problem(
                    f"{context.label(container)} links to '{shown(seen[hostname])}' and"
                    f" '{shown(link.name)}', which both have the host name '{shown(hostname)}'.",
                    link.pointer,
                    fix="Give one of the two another host name.",
                )
            if hostname:
                seen.setdefault(hostname, link.name)
