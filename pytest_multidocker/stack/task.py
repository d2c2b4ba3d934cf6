"""One task that runs on the emulator, as a test holds it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from ..dockerrun.model import ContainerDefinition
from ..ecs.definition import TaskDefinition
from ..engine.identity import TASK_LABEL
from ..errors import TaskError
from .faults import Faults
from .probe import Probe

if TYPE_CHECKING:
    from ..engine.container import EcsContainer
    from .databases import Databases, ElastiCacheCluster, RdsDatabase
    from .monitor import Monitor
    from .platform import Platform

_T = TypeVar("_T")

DEFAULT_TIMEOUT = 60.0
"""Seconds that a wait lasts at most, unless it is given its own."""


@dataclass(frozen=True)
class ContainerStatus:
    """What ECS knows of one container: the members of the API's ``Container``."""

    name: str
    status: str
    exit_code: int | None
    reason: str | None
    runtime_id: str | None
    health: str
    bindings: tuple[Mapping[str, Any], ...]

    def __str__(self) -> str:
        """Return one line, such as ``nginx STOPPED, exit code 137``."""
        parts = [f"{self.name} {self.status}"]
        if self.exit_code is not None:
            parts.append(f"exit code {self.exit_code}")
        if self.reason:
            parts.append(self.reason)
        return ", ".join(parts)


class Task(Faults):
    """A task on the emulator. Its containers are real; what is read here is what ECS reports."""

    def __init__(
        self,
        platform: Platform,
        databases: Databases,
        arn: str,
        definition: TaskDefinition,
        release: Callable[[], None],
    ) -> None:
        super().__init__()
        self.arn = arn
        self.definition = definition
        self._platform = platform
        self._databases = databases
        self._release = release
        self._probes: dict[str, Probe] = {}
        self._lock = threading.Lock()
        self.started_at = time.time()

    @property
    def monitor(self) -> Monitor:
        """What waits on the emulator's events."""
        return self._platform.monitor

    @property
    def rds(self) -> RdsDatabase:
        """The first RDS instance of those that the task's properties lead to."""
        return _first(self._databases.rds, "rds")

    @property
    def elasticache(self) -> ElastiCacheCluster:
        """The first ElastiCache cluster of those that the task's properties lead to."""
        return _first(self._databases.elasticache, "elasticache")

    # --- what ECS says ----------------------------------------------------------------------

    @property
    def status(self) -> str:
        """``lastStatus`` of the task: PENDING, RUNNING or STOPPED."""
        return str(self._snapshot["lastStatus"])

    @property
    def stop_code(self) -> str | None:
        """``stopCode``, such as ``EssentialContainerExited``."""
        return self._snapshot["stopCode"]  # type: ignore[no-any-return]

    @property
    def stopped_reason(self) -> str | None:
        """``stoppedReason``, such as ``Essential container in task exited``."""
        return self._snapshot["stoppedReason"]  # type: ignore[no-any-return]

    @property
    def is_stopping(self) -> bool:
        """Whether the task shall be stopped, or is."""
        return bool(self._snapshot["desiredStatus"] == "STOPPED")

    @property
    def containers(self) -> dict[str, ContainerStatus]:
        """What ECS knows of the containers, by name."""
        return {
            entry["name"]: ContainerStatus(
                name=entry["name"],
                status=entry["lastStatus"],
                exit_code=entry["exitCode"],
                reason=entry["reason"],
                runtime_id=entry["runtimeId"],
                health=entry["healthStatus"],
                bindings=tuple(entry["networkBindings"]),
            )
            for entry in self._snapshot["containers"]
        }

    @property
    def _snapshot(self) -> Mapping[str, Any]:
        snapshot = self.monitor.task(self.arn)
        if snapshot is None:
            raise TaskError(f"The emulator has not told of task {self.arn}.")
        return snapshot

    def summary(self) -> str:
        """Return the task and its containers as ECS knows them, a line each."""
        head = f"task {self.status}"
        if self.stopped_reason:
            head += f": {self.stopped_reason} ({self.stop_code})"
        return "\n".join([head, *(f"  {container}" for container in self.containers.values())])

    # --- its containers ---------------------------------------------------------------------

    def definition_of(self, container: str) -> ContainerDefinition:
        """Return a container's definition; raises :class:`TaskError` if there is none."""
        try:
            return self.definition.container(container)
        except KeyError:
            names = ", ".join(c.name for c in self.definition.containers)
            raise TaskError(f"There is no container '{container}' here, only {names}.") from None

    def container(self, name: str) -> EcsContainer:
        """Return the container with the API of testcontainers' ``DockerContainer``."""
        from ..engine.container import EcsContainer

        return EcsContainer.attach(self._platform.client, self.runtime_id(name))

    def runtime_id(self, container: str) -> str:
        """Return a container's Docker id; raises :class:`TaskError` before it is created."""
        self.definition_of(container)
        runtime_id = self.containers[container].runtime_id
        if runtime_id is None:
            raise TaskError(f"Container '{container}' was never created.\n{self.summary()}")
        return runtime_id

    def logs(self, container: str, since: float | None = None, lines: int | None = None) -> str:
        """Return what a container wrote to its output and error streams; "" if it never ran.

        ``since`` is in seconds since the epoch, ``lines`` how many of the last ones, all if None.
        """
        from docker.errors import NotFound

        runtime_id = self.containers[container].runtime_id
        if runtime_id is None:
            return ""
        try:
            wrapped = self._platform.client.containers.get(runtime_id)
            output: bytes = wrapped.logs(since=since, tail="all" if lines is None else lines)
        except NotFound:
            return ""
        return output.decode(errors="replace")

    def address(self, container: str, port: int, protocol: str = "tcp") -> tuple[str, int]:
        """Return host and port under which a published container port is reached from here."""
        for binding in self.containers[self.definition_of(container).name].bindings:
            if binding["containerPort"] == port and binding.get("protocol", "tcp") == protocol:
                return self._platform.host, int(binding["hostPort"])
        raise TaskError(
            f"Port {port}/{protocol} of '{container}' is not published: "
            f"its portMappings have {_mapped(self.definition_of(container))}."
        )

    def url(self, container: str, port: int, scheme: str = "http") -> str:
        """Return the URL of a published container port, without a slash at its end."""
        host, host_port = self.address(container, port)
        return f"{scheme}://{host}:{host_port}"

    def inspect(self, container: str) -> dict[str, Any]:
        """Return Docker's own view of a container (``docker inspect``)."""
        found: dict[str, Any] = self._platform.client.api.inspect_container(
            self.runtime_id(container)
        )
        return found

    def memory_limit(self, container: str) -> int:
        """Return the hard limit of a container in bytes, as the kernel has it.

        It is fixed when a container is created, so all are read together, and once.
        """
        self.definition_of(container)
        return self._memory_limits[container]

    @cached_property
    def _memory_limits(self) -> dict[str, int]:
        # Docker takes a second to answer this, for each container.
        names = list(self.containers)
        with ThreadPoolExecutor(len(names)) as pool:
            return dict(zip(names, pool.map(self._read_memory_limit, names), strict=True))

    def _read_memory_limit(self, container: str) -> int:
        stats = self._platform.client.api.stats(
            self.runtime_id(container), stream=False, one_shot=True
        )
        return int(stats["memory_stats"]["limit"])

    def probe(self, container: str) -> Probe:
        """Return a probe in the container's network; it lives as long as the task."""
        with self._lock:
            if container not in self._probes:
                self._probes[container] = self._platform.probe(self.runtime_id(container))
            return self._probes[container]

    def stop(self, reason: str | None = None) -> None:
        """Stop the task as StopTask does, and wait until it has stopped.

        ECS sends every container its stop signal, those that others link to last, and SIGKILL after
        its ``stopTimeout``; the stop code is ``UserInitiated``.
        """
        self._platform.stop_task(self.arn, reason)
        self.wait_stopped()

    # --- waiting ----------------------------------------------------------------------------

    def wait(self, done: Callable[[], bool], timeout: float = DEFAULT_TIMEOUT) -> bool:
        """Return whether ``done`` came true within ``timeout`` seconds; asked after every event."""
        return self.monitor.wait(done, timeout)

    def wait_running(self, timeout: float = DEFAULT_TIMEOUT) -> None:
        """Wait until the task runs; raises :class:`TaskError` if it stops instead, or never does.

        The error has every container's exit code and reason, and the last lines of its log.
        """
        self.wait(lambda: self._known() and (self.status == "RUNNING" or self.is_stopping), timeout)
        if not self._known() or self.status == "PENDING" or self.is_stopping:
            self.wait(lambda: self._known() and self.status == "STOPPED", _LAST_WORDS)
            raise TaskError(self.failure("The task did not come to run"))

    @property
    def stop_patience(self) -> float:
        """For how many seconds the task may be stopping: links can put all stops in one row."""
        default = self.definition.stop_timeout
        stops = (c.stop_timeout or default for c in self.definition.containers)
        return sum(stops) + DEFAULT_TIMEOUT

    def wait_stopped(self, timeout: float | None = None) -> None:
        """Wait until the task has stopped; raises :class:`TaskError` if it has not.

        ``timeout`` is in seconds; by default all containers may use their stop timeouts.
        """
        timeout = self.stop_patience if timeout is None else timeout
        if not self.wait(lambda: self.status == "STOPPED", timeout):
            raise TaskError(self.failure(f"The task has not stopped within {timeout:g} s"))

    def wait_container_stopped(self, container: str, timeout: float = DEFAULT_TIMEOUT) -> bool:
        """Return whether the container has stopped within ``timeout`` seconds."""
        name = self.definition_of(container).name
        return self.wait(lambda: self.containers[name].status == "STOPPED", timeout)

    def failure(self, what: str) -> str:
        """Return ``what`` with the state of the task and the last words of what has stopped."""
        if not self._known():
            return f"{what}: the emulator never told of it."
        parts = [f"{what}:", self.summary()]
        for container in self.containers.values():
            if container.status == "STOPPED":
                tail = self.logs(container.name, lines=_LOG_LINES).rstrip()
                if tail:
                    parts.append(f"last log lines of {container.name}:\n{_indent(tail)}")
        return "\n".join(parts)

    def _known(self) -> bool:
        return self.monitor.task(self.arn) is not None

    # --- its end ----------------------------------------------------------------------------

    def discard(self) -> None:
        """Remove the task's containers at once, without stopping them first, and its instance."""
        for probe in self._probes.values():
            probe.close()
        self._probes.clear()
        client = self._platform.client
        ids = client.api.containers(all=True, quiet=True, filters={"label": self._label})
        with ThreadPoolExecutor(max(len(ids), 1)) as pool:
            list(pool.map(self._remove, [entry["Id"] for entry in ids]))
        for volume in client.volumes.list(filters={"label": self._label}):
            volume.remove(force=True)
        self._release()

    def _remove(self, runtime_id: str) -> None:
        from docker.errors import APIError

        try:
            self._platform.client.api.remove_container(runtime_id, v=True, force=True)
        except APIError:  # the emulator removes it too: whoever comes second finds it gone
            return

    @cached_property
    def _label(self) -> str:
        return f"{TASK_LABEL}={self.arn}"


_LOG_LINES = 10
_LAST_WORDS = 5.0  # seconds given to a task that fails, so that its last container is heard


def _first(databases: Mapping[str, _T], kind: str) -> _T:
    for database in databases.values():
        return database
    raise TaskError(f"pyproject.toml has no [tool.multidocker.{kind}.NAME] table.")


def _mapped(container: ContainerDefinition) -> str:
    ports = [f"{m.container_port}/{m.protocol}" for m in container.port_mappings]
    return " and ".join(ports) or "none"


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
