"""Starting and stopping a container that has been created, whatever the daemon does meanwhile.

Source: ``agent/engine/docker_task_engine.go`` (``startContainer``, ``stopDockerContainer``) and
``task_manager.go`` (``handleEventError``, ``handleContainerStoppedTransitionError``) of
amazon-ecs-agent.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from docker.errors import APIError, NotFound

from ..dockerrun.model import ContainerDefinition
from ..ecs.actions import Stop
from ..ecs.events import Died, Started, StartFailed, StopFailed
from ..ecs.reasons import daemon_error
from . import observation
from .bounds import Bounds, bounded
from .identity import TaskIdentity
from .troubles import TROUBLES, is_nobody_there, is_silence, reason, words
from .watcher import Key, Watcher

if TYPE_CHECKING:
    from docker import DockerClient


class Lifecycle:
    """Starts and stops containers, and lets the watcher know which deaths are its to tell."""

    def __init__(self, client: DockerClient, bounds: Bounds) -> None:
        self.watcher: Watcher | None = None
        self._bounds = bounds
        self._starting = bounded(client, bounds.start).api
        self._stopping = bounded(client, bounds.stop).api
        self._inspecting = bounded(client, bounds.inspect).api
        self._pinging = bounded(client, bounds.ping).api
        self._closing = threading.Event()
        self._runtime_ids: dict[Key, str] = {}

    def created(self, task: TaskIdentity, container: str, runtime_id: str) -> None:
        """Take note of a container's Docker id, by which it is started and stopped."""
        self._runtime_ids[Key(task.arn, container)] = runtime_id

    def forget(self, task: TaskIdentity) -> None:
        """Forget the containers of a task that has been removed."""
        for container in task.definition.containers:
            key = Key(task.arn, container.name)
            self._let_go(key)
            self._runtime_ids.pop(key, None)

    def close(self) -> None:
        """Give up on what only waits for the daemon to come back."""
        self._closing.set()

    def start(
        self, task: TaskIdentity, container: ContainerDefinition
    ) -> Started | StartFailed | Died:
        """Start the container, or start it again."""
        key, runtime_id = Key(task.arn, container.name), self._runtime_id(task, container.name)
        if self.watcher is not None:
            limited = bool(container.memory or task.definition.memory)
            self.watcher.expect(key, runtime_id, limited=limited)
        event = self._start(container, key, runtime_id)
        if isinstance(event, Started):
            return event
        is_ours = self._let_go(key)
        if isinstance(event, Died) and not is_ours and container.restarts:
            # The watcher tells of this death. Told twice it could be taken for two.
            return Started(container.name, event.at)
        return event

    def _start(
        self, container: ContainerDefinition, key: Key, runtime_id: str
    ) -> Started | StartFailed | Died:
        bounds, error_name = self._bounds, "CannotStartContainerError"
        try:
            self._starting.start(runtime_id)
        except TROUBLES as error:
            why = reason(error_name, error, "started", bounds.start)
            return StartFailed(container.name, time.time(), why, uncertain=is_silence(error))
        all_told = self.watcher is not None and self.watcher.confirm(key)
        try:
            inspected = self._inspecting.inspect_container(runtime_id)
        except TROUBLES as error:
            why = reason("CannotInspectContainerError", error, "inspecting", bounds.inspect)
            return StartFailed(container.name, time.time(), why, uncertain=True)
        # By what it was killed, the events tell, unless they were missed.
        tells = all_told and observation.is_by_sigkill(inspected)
        if observation.is_dead(inspected) and not tells:
            return observation.died(container.name, inspected, time.time())
        started = observation.seconds(inspected["State"]["StartedAt"])
        ports = observation.bindings(inspected, container.port_mappings)
        return Started(container.name, started, ports)

    def stop(self, task: TaskIdentity, action: Stop) -> Died | StopFailed:
        """Stop the container: SIGTERM, and SIGKILL when its timeout is over.

        A daemon that does not answer is asked again until it does: what has become of a container
        only the daemon can tell.
        """
        runtime_id = self._runtime_id(task, action.container)
        self._let_go(Key(task.arn, action.container))
        while True:
            event, trouble = self._try_to_stop(runtime_id, action)
            if isinstance(event, Died) or self._closing.is_set():
                return event
            # One that is back just now has not been asked yet.
            if self._answers() and not is_nobody_there(trouble):
                return event

    def _try_to_stop(
        self, runtime_id: str, action: Stop
    ) -> tuple[Died | StopFailed, Exception | None]:
        """Return what has come of it, and the trouble that the last attempt had."""
        why = ""
        trouble: Exception | None = None
        for pause in self._pauses():
            try:
                self._stopping.stop(runtime_id, timeout=action.timeout)
                inspected = self._inspecting.inspect_container(runtime_id)
                return observation.died(action.container, inspected, time.time()), None
            except NotFound as error:
                why, trouble = daemon_error("CannotStopContainerError", words(error)), error
                break
            except TROUBLES as error:
                bound = self._bounds.stop + action.timeout
                why, trouble = reason("CannotStopContainerError", error, "stopped", bound), error
            if self._closing.wait(pause):
                break
        return StopFailed(action.container, time.time(), why), trouble

    def _pauses(self) -> Iterator[float]:
        pause, longest = self._bounds.stop_pauses
        for _ in range(self._bounds.stop_attempts - 1):
            yield pause
            pause = min(2 * pause, longest)
        yield 0

    def _answers(self) -> bool:
        try:
            return bool(self._pinging.ping())
        except APIError:
            return True
        except TROUBLES:
            return False

    def _runtime_id(self, task: TaskIdentity, container: str) -> str:
        # Where the task is just being removed, it is forgotten, and nothing has that name either.
        return self._runtime_ids.get(Key(task.arn, container)) or task.container_name(container)

    def _let_go(self, key: Key) -> bool:
        return self.watcher is None or self.watcher.let_go(key)
