"""MD205: links stand only in network mode bridge."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import REGISTER, Problem, ecs_api
from ._registry import register


@register(
    id="MD205",
    name="link-without-bridge",
    severity="error",
    phase=REGISTER,
    source=ecs_api("ContainerDefinition"),
    summary="Links stand only in network mode bridge.",
    applies=lambda context: any(context.linked()),
)
def link_without_bridge(context: Context) -> Iterator[Problem]:
    """Yield each container whose links cannot be."""
    mode = context.value.get("networkMode") if context.is_request else None
    for container in context.linked():
        if mode in {"awsvpc", "host", "none"}:
            message = f"{context.label(container)} has links, and the network mode is {mode}."
            text = f"Links are not supported when networkMode={mode}."
        elif container.disable_networking:
            message = f"{context.label(container)} has links, and its networking is disabled."
            text = ""
        else:
            continue
        yield Problem(
            message,
            f"{container.pointer}/links",
            fix="Delete the links, or leave the network mode at bridge.",
            aws_text=text,
            at="key",
        )
