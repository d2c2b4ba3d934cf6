"""What is known of the tasks whose containers ask, from the agent and from Docker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from ...ecs.state import ContainerState, TaskState
from ...ecs.status import ContainerStatus
from . import shapes
from .ids import Asker
from .shapes import Json

if TYPE_CHECKING:
    from docker import DockerClient

    from ...engine.identity import TaskIdentity
    from .stats import Stats

States = Callable[[str], TaskState]
"""Returns what the agent knows of the task of that ARN; raises ``KeyError`` if it does not."""

Tags = Callable[["TaskIdentity"], tuple[Mapping[str, str], Mapping[str, str]]]
"""Returns a task's tags and those of its container instance."""


class View:
    """Describes the containers and tasks of those who ask."""

    def __init__(self, client: DockerClient, states: States, stats: Stats, tags: Tags) -> None:
        self._client = client
        self._states = states
        self._stats = stats
        self._tags = tags

    def container(self, asker: Asker, version: int) -> Json | None:
        """Return what is said of the asker's container; ``None`` before it is created."""
        state = self._state(asker)
        container = state.containers[asker.container] if state is not None else None
        if container is None or container.runtime_id is None:
            return None
        inspected = self._inspect(container.runtime_id)
        return shapes.container_response(asker.task, container, inspected, version)

    def task(self, asker: Asker, version: int, *, tags: bool = False) -> Json | None:
        """Return what is said of the asker's task; ``None`` where it is known no more."""
        state = self._state(asker)
        if state is None:
            return None
        containers = list(self._containers(asker, state, version))
        response = shapes.task_response(asker.task, state, containers, version)
        return shapes.with_tags(response, *self._tags(asker.task)) if tags else response

    def _containers(self, asker: Asker, state: TaskState, version: int) -> Iterator[Json]:
        for container in state.containers.values():
            if container.runtime_id is None and container.known is not ContainerStatus.PULLED:
                continue
            inspected = self._known(container, asker)
            if inspected is not None or version == shapes.V4:
                yield shapes.container_response(asker.task, container, inspected, version)

    def _known(self, container: ContainerState, asker: Asker) -> dict[str, Any] | None:
        if container.runtime_id is None:
            return None
        # Of one that starts Docker tells nothing until it has started: nobody waits for others.
        starts = container.known is ContainerStatus.CREATED and container.name != asker.container
        return (self._glance if starts else self._inspect)(container.runtime_id)

    def docker_id(self, asker: Asker) -> str | None:
        """Return the Docker id of the asker's container; ``None`` before it is created."""
        return self._docker_ids(asker).get(asker.container)

    def container_stats(self, docker_id: str) -> Json | None:
        """Return Docker's measurements of a container; ``None`` where it does not run."""
        return self._stats.of(docker_id)

    def task_stats(self, asker: Asker) -> dict[str, Json | None]:
        """Return the same for all containers of the asker's task, by their Docker ids."""
        docker_ids = list(self._docker_ids(asker).values())
        with ThreadPoolExecutor(len(docker_ids) or 1) as pool:
            return dict(zip(docker_ids, pool.map(self._stats.of, docker_ids), strict=True))

    def _docker_ids(self, asker: Asker) -> dict[str, str]:
        state = self._state(asker)
        containers: Mapping[str, ContainerState] = {} if state is None else state.containers
        return {name: c.runtime_id for name, c in containers.items() if c.runtime_id is not None}

    def _state(self, asker: Asker) -> TaskState | None:
        try:
            return self._states(asker.task.arn)
        except KeyError:
            return None

    def _inspect(self, docker_id: str) -> dict[str, Any] | None:
        from docker.errors import NotFound

        try:
            inspected: dict[str, Any] = self._client.api.inspect_container(docker_id)
        except NotFound:
            return None
        return inspected

    def _glance(self, docker_id: str) -> dict[str, Any] | None:
        """Return what Docker's list says of a container, in the form of its full description."""
        listed = self._client.api.containers(all=True, filters={"id": docker_id})
        return shapes.from_list(listed[0]) if listed else None
