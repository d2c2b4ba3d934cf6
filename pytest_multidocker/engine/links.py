"""The variables of a container's links, on engines that leave them out."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..ecs.link_variables import Target, link_variables, needed
from .observation import bridge_address
from .troubles import TROUBLES

if TYPE_CHECKING:
    from docker import DockerClient

    from ..dockerrun.model import ContainerDefinition
    from .identity import TaskIdentity


class Links:
    """Asks Docker what the targets of links are like.

    ``engine_version`` is that of the engine, asked for where it is ``None``.
    """

    def __init__(self, client: DockerClient, engine_version: str | None) -> None:
        self._client = client
        self._given_version = engine_version
        self._given: dict[str, frozenset[str]] = {}

    def variables(
        self, task: TaskIdentity, container: ContainerDefinition, taken: AbstractSet[str]
    ) -> dict[str, str]:
        """Return what the links add to a container that is about to be created.

        Nothing where Docker does it itself. ``taken`` are the variables that the container has
        anyway, of its image and of its own: they go before those of a link.
        """
        linked = container.links and task.definition.network_mode == "bridge"
        if not linked or container.disable_networking or not self._needed:
            return {}
        linking = task.container_name(container.name)
        found: dict[str, str] = {}
        for link in container.links:
            if (target := self._target(task.container_name(link.name))) is not None:
                found.update(link_variables(linking, link.alias, target))
        found = {name: value for name, value in found.items() if name not in taken}
        self._given[linking] = frozenset(found)
        return found

    def forget(self, task: TaskIdentity) -> None:
        """Forget the containers of a task."""
        for container in task.definition.containers:
            self._given.pop(task.container_name(container.name), None)

    @cached_property
    def _needed(self) -> bool:
        version = self._given_version or str(self._client.version()["Version"])
        return needed(version)

    def _target(self, name: str) -> Target | None:
        try:
            inspected = self._client.api.inspect_container(name)
        except TROUBLES:  # then Docker refuses the link, in its own words
            return None
        return _target(inspected, self._given.get(name, frozenset()))


def _target(inspected: Mapping[str, Any], given: frozenset[str]) -> Target:
    """Return the target; what its own links have given it is nobody else's."""
    config = inspected["Config"]
    pairs = (each.partition("=") for each in config.get("Env") or ())
    return Target(
        bridge_address(inspected),
        {name: value for name, _, value in pairs if name not in given},
        tuple(config.get("ExposedPorts") or ()),
    )
