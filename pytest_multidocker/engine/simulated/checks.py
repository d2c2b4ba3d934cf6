"""What Docker refuses before anything runs."""

from __future__ import annotations

from collections.abc import Mapping

from ...dockerrun.model import ContainerDefinition
from ...ecs import reasons
from ..identity import TaskIdentity
from . import words
from .container import SimulatedContainer
from .script import Script

_LEAST = 6  # MiB: Docker's own least memory limit


def cannot_create(task: TaskIdentity, container: ContainerDefinition, script: Script) -> str | None:
    """Return the agent's reason for a container that is not created, or ``None`` if it is."""
    volumes = {volume.name for volume in task.definition.volumes}
    for mount in container.mount_points:
        if mount.source_volume not in volumes:
            return f"HostConfigError: Invalid volume referenced: {mount.source_volume}"
    text = _refused(task, container, script)
    return None if text is None else reasons.daemon_error("CannotCreateContainerError", text)


def _refused(task: TaskIdentity, container: ContainerDefinition, script: Script) -> str | None:
    limit, reservation = container.memory or 0, container.memory_reservation or 0
    refusals = (
        (script.create_error is not None, script.create_error),
        (script.pull_error and not script.cached, words.no_such_image(container.image)),
        (0 < limit < _LEAST, words.MEMORY_TOO_LOW),
        (0 < reservation < _LEAST, words.RESERVATION_TOO_LOW),
        (0 < limit < reservation, words.RESERVATION_ABOVE_LIMIT),
        (
            container.links and task.definition.network_mode == "host",
            words.LINKS_ON_HOST_NETWORK,
        ),
    )
    return next((text for is_so, text in refusals if is_so), None)


def unlinkable(
    container: SimulatedContainer, targets: Mapping[str, SimulatedContainer]
) -> str | None:
    """Return Docker's words for not starting the container with its links, or ``None``."""
    for link in container.definition.links if container.has_network else ():
        if not targets[link.name].has_network:
            return words.not_linkable(targets[link.name].docker_name)
    return dead_link(container, targets)


def dead_link(
    container: SimulatedContainer, targets: Mapping[str, SimulatedContainer]
) -> str | None:
    """Return Docker's words for a link of the container to one that does not run, or ``None``."""
    if not container.has_network:
        return None
    for link in container.definition.links:
        if not (target := targets[link.name]).is_running:
            return words.not_running(target.docker_name, container.docker_name, link.alias)
    return None
