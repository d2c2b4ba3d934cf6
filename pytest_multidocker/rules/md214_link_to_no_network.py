"""MD214: links lead to containers that have a network."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import START, Problem, ecs_api
from ._registry import register

_REFUSAL = (
    "CannotStartContainerError: Error response from daemon: Cannot link to /ecs-...-{}-..., as it "
    "does not belong to the default network"
)
"""Docker's words; for the dots it has the rest of the name that the agent gives a container."""


@register(
    id="MD214",
    name="link-to-no-network",
    severity="error",
    phase=START,
    source=ecs_api("ContainerDefinition"),
    summary="Links lead to containers that have a network.",
    applies=lambda context: any(context.linked()),
)
def link_to_no_network(context: Context) -> Iterator[Problem]:
    """Yield each link to a container whose networking is disabled."""
    isolated = {found.name for found in context.containers if found.disable_networking}
    for container in context.linked():
        for link in container.links:
            if link.name in isolated and link.name != container.name:
                yield Problem(
                    f"{context.label(container)} links to '{link.name[:60]}', whose networking is"
                    " disabled: this cannot start.",
                    link.pointer,
                    fix="Delete the link, or the other's disableNetworking.",
                    aws_text=_REFUSAL.format(link.name[:60]),
                )
