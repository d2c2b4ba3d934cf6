"""The real engine: Docker, used as the ECS agent uses it.

Source: ``agent/engine/docker_task_engine.go`` of amazon-ecs-agent. What Docker refuses becomes an
event with the agent's name for the error and Docker's own words.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ..dockerrun.model import ContainerDefinition
from ..ecs.actions import Create, Provision, Pull, Start
from ..ecs.environment import Unavailable, terminal_reason
from ..ecs.events import Created, CreateFailed, EngineEvent, Provisioned, ProvisionFailed
from ..ecs.pulls import PullBehavior
from ..ecs.reasons import trim
from . import creation, troubles
from .bounds import Bounds, bounded
from .environment import Environment
from .host_ports import HostPorts, NoHostPort
from .identity import TASK_LABEL, TaskIdentity
from .lifecycle import Lifecycle
from .links import Links
from .policy import Policy, Refused
from .pulling import Mirror
from .run import RUN_LABEL, Run
from .task_images import TaskImages
from .troubles import TROUBLES
from .volumes import InvalidVolume, SharedVolumeMissing, Volumes
from .watcher import Watcher

if TYPE_CHECKING:
    from docker import DockerClient

    from .protocol import EngineAction, Listener


_BOUNDS = Bounds()


class DockerEngine:
    """Runs containers of tasks on a Docker Engine, under the labels of one run.

    ``extra_hosts`` is asked at each creation for the names of managed databases and their
    addresses; ``fixed_ports`` is whether declared host ports are used, ``own_ports`` whether those
    of a task are its instance's and cannot be this machine's; ``forget`` is told of a task that has
    been removed; ``images`` has the local images that stand for those of the definitions;
    ``environment`` makes up the containers' variables; ``pull_behavior`` is the agent's
    ``ECS_IMAGE_PULL_BEHAVIOR``; ``mirror`` is asked at each pull for a registry to try first;
    ``bounds`` is how long Docker is waited for; ``engine_version`` is Docker's, asked for where it
    is needed and not given.
    """

    def __init__(
        self,
        client: DockerClient,
        run: Run,
        policy: Policy,
        *,
        extra_hosts: Callable[[], Mapping[str, str]] = dict,
        fixed_ports: bool = True,
        own_ports: Callable[[TaskIdentity], bool] = lambda _task: False,
        forget: Callable[[TaskIdentity], None] = lambda _task: None,
        images: Mapping[str, str] | None = None,
        environment: Environment | None = None,
        pull_behavior: PullBehavior = "prefer-cached",
        mirror: Callable[[], Mirror | None] = lambda: None,
        bounds: Bounds = _BOUNDS,
        engine_version: str | None = None,
    ) -> None:
        self._client = client
        self._run = run
        self._policy = policy
        self._volumes = Volumes(client, run, policy)
        self._extra_hosts = extra_hosts
        self._fixed_ports = fixed_ports
        self._own_ports = own_ports
        self._forget = forget
        self._host_ports = HostPorts()
        self._environment = environment or Environment()
        self._links = Links(client, engine_version)
        self._bounds = bounds
        self._creating = bounded(client, bounds.create)
        self._images = TaskImages(client, pull_behavior, images or {}, bounds, mirror)
        self._lifecycle = Lifecycle(client, bounds)

    def watch(self, listener: Listener) -> None:
        """Begin to follow Docker's event stream."""
        label = f"{RUN_LABEL}={self._run.id}"
        self._lifecycle.watcher = Watcher(self._client, label, listener, self._bounds)
        self._lifecycle.watcher.start()

    def close(self) -> None:
        """Stop following Docker's event stream."""
        self._lifecycle.close()
        if self._lifecycle.watcher is not None:
            self._lifecycle.watcher.close()

    def perform(self, action: EngineAction, task: TaskIdentity) -> EngineEvent:
        """Do what the agent asks and return what came of it. Blocks."""
        if isinstance(action, Provision):
            return self._provision(task)
        container = task.definition.container(action.container)
        if isinstance(action, Pull):
            return self._images.pull(container)
        if isinstance(action, Create):
            return self._create(task, container)
        if isinstance(action, Start):
            return self._lifecycle.start(task, container)
        return self._lifecycle.stop(task, action)

    def remove(self, task: TaskIdentity) -> None:
        """Remove the task's containers with their anonymous volumes, then its own volumes."""
        filters = {"label": f"{TASK_LABEL}={task.arn}"}
        for entry in self._client.api.containers(all=True, filters=filters):
            # What is gone or going is no matter; what cannot go, the end of the run sweeps.
            with contextlib.suppress(*TROUBLES):
                self._client.api.remove_container(entry["Id"], v=True, force=True)
        for volume in self._client.volumes.list(filters=filters):
            with contextlib.suppress(*TROUBLES):
                volume.remove()
        self._forget(task)
        self._environment.forget(task.arn)
        self._links.forget(task)
        self._lifecycle.forget(task)

    def _create(self, task: TaskIdentity, container: ContainerDefinition) -> Created | CreateFailed:
        from .container import EcsContainer

        try:
            self._policy.check(container, task.definition.network_mode)
            self._policy.check_namespaces(task.definition.pid_mode, task.definition.ipc_mode)
            options = creation.create_options(
                task,
                self._with_variables(task, container),
                binds=list(self._volumes.binds(task, container)),
                extra_hosts=self._extra_hosts(),
                labels=self._run.labels,
                host_ports=partial(
                    self._host_ports.choose,
                    fixed=self._has_fixed_ports(task),
                    restarts=container.restarts,
                ),
            )
            runtime_id = EcsContainer(
                self._creating, self._images.name(container), **options
            ).create()
        except Refused as refusal:
            reason = trim(f"CannotCreateContainerError: {refusal}")
        except (InvalidVolume, NoHostPort) as error:
            reason = trim(f"HostConfigError: {error}")
        except TROUBLES as error:
            bound = self._bounds.create
            reason = troubles.reason("CannotCreateContainerError", error, "created", bound)
        else:
            self._lifecycle.created(task, container.name, runtime_id)
            return Created(container.name, time.time(), runtime_id)
        return CreateFailed(container.name, time.time(), reason)

    def _has_fixed_ports(self, task: TaskIdentity) -> bool:
        return self._fixed_ports and not self._own_ports(task)

    def _with_variables(
        self, task: TaskIdentity, container: ContainerDefinition
    ) -> ContainerDefinition:
        of_image = self._images.variables(container)
        own = self._environment.variables(task, container, of_image)
        of_links = self._links.variables(task, container, of_image.keys() | own.keys())
        return replace(container, environment=(*of_links.items(), *own.items()))

    def _provision(self, task: TaskIdentity) -> Provisioned | ProvisionFailed:
        try:
            self._volumes.provision(task)
            self._environment.provide(task)
        except SharedVolumeMissing as error:
            return ProvisionFailed(time.time(), str(error), initialisation=True)
        except Refused as refusal:
            return ProvisionFailed(time.time(), str(refusal))
        except Unavailable as error:
            return ProvisionFailed(time.time(), terminal_reason(error))
        except TROUBLES as error:
            why = troubles.reason("VolumeError", error, "created", self._bounds.create)
            return ProvisionFailed(time.time(), why)
        return Provisioned(time.time())
