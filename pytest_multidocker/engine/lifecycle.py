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
from .troubles import TROUBLES, is_silence, reason, words
from .watcher import Watcher

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

    def close(self) -> None:
        """Give up on what only waits for the daemon to come back."""
        self._closing.set()

    def start(
        self, task: TaskIdentity, container: ContainerDefinition
    ) -> Started | StartFailed | Died:
        """Start the container, or start it again."""
        name = task.container_name(container.name)
        if self.watcher is not None:
            self.watcher.expect(name, task.arn, container.name)
        event = self._start(container, name)
        if isinstance(event, Started):
            return event
        is_ours = self._let_go(name)
        policy = container.restart_policy
        if isinstance(event, Died) and not is_ours and policy is not None and policy.enabled:
            # The watcher tells of this death. Told twice it could be taken for two.
            return Started(container.name, event.at)
        return event

    def _start(self, container: ContainerDefinition, name: str) -> Started | StartFailed | Died:
        bounds, error_name = self._bounds, "CannotStartContainerError"
        try:
            self._starting.start(name)
        except TROUBLES as error:
            why = reason(error_name, error, "started", bounds.start)
            return StartFailed(container.name, time.time(), why, uncertain=is_silence(error))
        if self.watcher is not None:
            self.watcher.confirm(name)
        try:
            inspected = self._inspecting.inspect_container(name)
        except TROUBLES as error:
            why = reason("CannotInspectContainerError", error, "inspecting", bounds.inspect)
            return StartFailed(container.name, time.time(), why, uncertain=True)
        # By what it was killed, the events tell.
        if observation.is_dead(inspected) and not observation.is_by_sigkill(inspected):
            return observation.died(container.name, inspected, time.time())
        started = observation.seconds(inspected["State"]["StartedAt"])
        ports = observation.bindings(inspected, container.port_mappings)
        return Started(container.name, started, ports)

    def stop(self, task: TaskIdentity, action: Stop) -> Died | StopFailed:
        """Stop the container: SIGTERM, and SIGKILL when its timeout is over.

        A daemon that does not answer is asked again until it does: what has become of a container
        only the daemon can tell.
        """
        name = task.container_name(action.container)
        self._let_go(name)
        while True:
            event = self._try_to_stop(name, action)
            if isinstance(event, Died) or self._closing.is_set() or self._answers():
                return event

    def _try_to_stop(self, name: str, action: Stop) -> Died | StopFailed:
        why = ""
        for pause in self._pauses():
            try:
                self._stopping.stop(name, timeout=action.timeout)
                inspected = self._inspecting.inspect_container(name)
                return observation.died(action.container, inspected, time.time())
            except NotFound as error:
                why = daemon_error("CannotStopContainerError", words(error))
                break
            except TROUBLES as error:
                bound = self._bounds.stop + action.timeout
                why = reason("CannotStopContainerError", error, "stopped", bound)
            if self._closing.wait(pause):
                break
        return StopFailed(action.container, time.time(), why)

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

    def _let_go(self, name: str) -> bool:
        return self.watcher is None or self.watcher.let_go(name)
