"""The real engine: Docker, used as the ECS agent uses it.

Source: ``agent/engine/docker_task_engine.go`` of amazon-ecs-agent. What Docker refuses becomes an
event with the agent's name for the error and Docker's own words.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..dockerrun.model import ContainerDefinition
from ..ecs.actions import Create, Provision, Pull, Start, Stop
from ..ecs.environment import Unavailable, terminal_reason
from ..ecs.events import (
    Created,
    CreateFailed,
    Died,
    EngineEvent,
    Provisioned,
    ProvisionFailed,
    Pulled,
    PullFailed,
    Started,
    StartFailed,
    StopFailed,
)
from ..ecs.reasons import cannot_pull, daemon_error, trim
from . import creation, observation
from .environment import Environment
from .identity import TASK_LABEL, TaskIdentity
from .image_attempt import inspect
from .policy import Policy, Refused
from .pulling import PullFailed as NotPulled
from .pulling import pull
from .run import RUN_LABEL, Run
from .volumes import InvalidVolume, SharedVolumeMissing, Volumes
from .watcher import Watcher

if TYPE_CHECKING:
    from docker import DockerClient

    from .protocol import EngineAction, Listener


class DockerEngine:
    """Runs containers of tasks on a Docker Engine, under the labels of one run.

    ``extra_hosts`` is asked at each creation for the names of managed databases and their
    addresses; ``fixed_ports`` is whether declared host ports are used; ``images`` has the local
    images that stand for those of the definitions; ``environment`` makes up the containers'
    variables.
    """

    def __init__(
        self,
        client: DockerClient,
        run: Run,
        policy: Policy,
        *,
        extra_hosts: Callable[[], Mapping[str, str]] = dict,
        fixed_ports: bool = True,
        images: Mapping[str, str] | None = None,
        environment: Environment | None = None,
    ) -> None:
        self._client = client
        self._run = run
        self._policy = policy
        self._volumes = Volumes(client, run, policy)
        self._extra_hosts = extra_hosts
        self._fixed_ports = fixed_ports
        self._images = images or {}
        self._environment = environment or Environment()
        self._watcher: Watcher | None = None

    def watch(self, listener: Listener) -> None:
        """Begin to follow Docker's event stream."""
        self._watcher = Watcher(self._client, f"{RUN_LABEL}={self._run.id}", listener)
        self._watcher.start()

    def close(self) -> None:
        """Stop following Docker's event stream."""
        if self._watcher is not None:
            self._watcher.close()

    def perform(self, action: EngineAction, task: TaskIdentity) -> EngineEvent:
        """Do what the agent asks and return what came of it. Blocks."""
        if isinstance(action, Provision):
            return self._provision(task)
        container = task.definition.container(action.container)
        if isinstance(action, Pull):
            return self._pull(container)
        if isinstance(action, Create):
            return self._create(task, container)
        if isinstance(action, Start):
            return self._start(task, container)
        return self._stop(task, action)

    def remove(self, task: TaskIdentity) -> None:
        """Remove the task's containers with their anonymous volumes, then its own volumes."""
        from docker.errors import APIError

        filters = {"label": f"{TASK_LABEL}={task.arn}"}
        for entry in self._client.api.containers(all=True, filters=filters):
            # What is gone or going is no matter; what cannot go, the end of the run sweeps.
            with contextlib.suppress(APIError):
                self._client.api.remove_container(entry["Id"], v=True, force=True)
        for volume in self._client.volumes.list(filters=filters):
            with contextlib.suppress(APIError):
                volume.remove()
        self._environment.forget(task.arn)

    def _pull(self, container: ContainerDefinition) -> Pulled | PullFailed:
        from docker.errors import APIError

        name = self._image(container)
        image = None
        with contextlib.suppress(APIError):  # what is wrong with the name, the pull says too
            image = inspect(self._client, name)
        try:
            if image is None:
                pull(self._client, name)
                image = inspect(self._client, name) or {}
        except NotPulled as error:
            return PullFailed(container.name, time.time(), cannot_pull(str(error)))
        digests = image.get("RepoDigests") or []
        digest = digests[0].partition("@")[2] if digests else None
        return Pulled(container.name, time.time(), digest)

    def _image(self, container: ContainerDefinition) -> str:
        return self._images.get(container.image, container.image)

    def _create(self, task: TaskIdentity, container: ContainerDefinition) -> Created | CreateFailed:
        from docker.errors import APIError

        from .container import EcsContainer

        try:
            self._policy.check(container, task.definition.network_mode)
            options = creation.create_options(
                task,
                self._with_variables(task, container),
                binds=list(self._volumes.binds(task, container)),
                extra_hosts=self._extra_hosts(),
                labels=self._run.labels,
                fixed_ports=self._fixed_ports,
            )
            runtime_id = EcsContainer(self._client, self._image(container), **options).create()
        except Refused as refusal:
            reason = trim(f"CannotCreateContainerError: {refusal}")
        except InvalidVolume as error:
            reason = trim(f"HostConfigError: {error}")
        except APIError as error:
            reason = daemon_error("CannotCreateContainerError", _words(error))
        else:
            return Created(container.name, time.time(), runtime_id)
        return CreateFailed(container.name, time.time(), reason)

    def _with_variables(
        self, task: TaskIdentity, container: ContainerDefinition
    ) -> ContainerDefinition:
        image = inspect(self._client, self._image(container)) or {}
        own = (image.get("Config") or {}).get("Env") or ()
        of_image = {name: value for name, _, value in (each.partition("=") for each in own)}
        variables = self._environment.variables(task, container, of_image)
        return replace(container, environment=tuple(variables.items()))

    def _provision(self, task: TaskIdentity) -> Provisioned | ProvisionFailed:
        from docker.errors import APIError

        try:
            self._volumes.provision(task)
            self._environment.provide(task)
        except SharedVolumeMissing as error:
            return ProvisionFailed(time.time(), str(error), initialisation=True)
        except Refused as refusal:
            return ProvisionFailed(time.time(), str(refusal))
        except Unavailable as error:
            return ProvisionFailed(time.time(), terminal_reason(error))
        except APIError as error:
            return ProvisionFailed(time.time(), f"Error response from daemon: {_words(error)}")
        return Provisioned(time.time())

    def _start(
        self, task: TaskIdentity, container: ContainerDefinition
    ) -> Started | StartFailed | Died:
        from docker.errors import APIError

        name = task.container_name(container.name)
        if self._watcher is not None:
            self._watcher.expect(name, task.arn, container.name)
        try:
            self._client.api.start(name)
            inspected = self._client.api.inspect_container(name)
        except APIError as error:
            self._let_go(name)
            reason = daemon_error("CannotStartContainerError", _words(error))
            return StartFailed(container.name, time.time(), reason)
        if observation.is_dead(inspected):
            ended = observation.died(container.name, inspected)
            if ended.exit_code != observation.KILLED or ended.oom_killed:
                return ended
            # By what it was killed, the events tell.
        started = observation.seconds(inspected["State"]["StartedAt"])
        return Started(container.name, started, observation.bindings(inspected))

    def _stop(self, task: TaskIdentity, action: Stop) -> Died | StopFailed:
        from docker.errors import APIError, NotFound

        name = task.container_name(action.container)
        self._let_go(name)
        try:
            self._client.api.stop(name, timeout=action.timeout)
            return observation.died(action.container, self._client.api.inspect_container(name))
        except NotFound:
            return Died(action.container, time.time(), None)
        except APIError as error:
            reason = daemon_error("CannotStopContainerError", _words(error))
            return StopFailed(action.container, time.time(), reason)

    def _let_go(self, name: str) -> None:
        if self._watcher is not None:
            self._watcher.let_go(name)


def _words(error: Any) -> str:
    return str(error.explanation or error).strip()
