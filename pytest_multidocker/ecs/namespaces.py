"""The hidden container whose namespaces the others of a task share.

With ``pidMode`` or ``ipcMode`` ``task`` the agent starts it before all others and stops it after
them. Source: ``agent/api/task/task.go:addNamespaceSharingProvisioningDependency`` of
amazon-ecs-agent.
"""

from __future__ import annotations

from dataclasses import replace

from ..dockerrun.model import ContainerDefinition, Dependency
from .definition import TaskDefinition

PAUSE = "~internal~ecs~pause~namespace"
"""The hidden container's name."""

PAUSE_IMAGE = "amazon/amazon-ecs-pause:0.1.0"

_SHARED = "task"


def with_pause(definition: TaskDefinition) -> TaskDefinition:
    """Return the definition with the hidden container, if its containers share namespaces."""
    if _SHARED not in {definition.pid_mode, definition.ipc_mode}:
        return definition
    waits = Dependency(PAUSE, "START")
    others = (replace(c, depends_on=(*c.depends_on, waits)) for c in definition.containers)
    return replace(definition, containers=(ContainerDefinition(PAUSE, PAUSE_IMAGE), *others))


def is_hidden(container: str) -> bool:
    """Tell whether the ECS service is told nothing of a container of that name."""
    return container == PAUSE
