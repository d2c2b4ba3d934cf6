"""Links whose target does not run."""

from __future__ import annotations

from ..dockerrun import ContainerDefinition

REFUSAL = (
    "CannotStartContainerError: Error response from daemon: Cannot link to a non running container"
)
"""Docker goes on with the names that the agent has given to the two."""


def awaited_ends(container: ContainerDefinition) -> set[str]:
    """Return the names of the containers that have ended when this one is created."""
    return {
        each.container_name
        for each in container.depends_on
        if each.condition in {"SUCCESS", "COMPLETE"}
    }
