"""MD206: a container uses each link alias once."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import RUNTIME, Problem, ecs_api
from ._registry import register


@register(
    id="MD206",
    name="link-alias-twice",
    severity="warning",
    phase=RUNTIME,
    source=ecs_api("ContainerDefinition"),
    summary="A container uses each link alias once.",
    applies=lambda context: any(context.linked()),
)
def link_alias_twice(context: Context) -> Iterator[Problem]:
    """Yield each alias that the container already has."""
    for container in context.linked():
        seen: dict[str, str] = {}
        for link in container.links:
            if link.alias in seen:
                yield Problem(
                    f"{context.label(container)} already reaches '{shown(seen[link.alias])}' as"
                    f" '{shown(link.alias)}'; this link is passed over.",
                    link.pointer,
                    fix="Give it another alias, or delete it.",
                )
            seen.setdefault(link.alias, link.name)
