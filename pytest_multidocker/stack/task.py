"""One task that runs on the emulator, as a test holds it."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from ..dockerrun.model import ContainerDefinition
from ..ecs.definition import TaskDefinition
from ..ecs.events import PortBinding
from ..engine.identity import TASK_LABEL
from ..engine.observation import bridge_address
from ..errors import EmulatorError, TaskError
from . import refusals
from .faults import Faults
from .probe import Probe

if TYPE_CHECKING:
    from ..engine.container import EcsContainer
    from .databases import Databases, ElastiCacheCluster, RdsDatabase
    from .platform import Platform

_T = TypeVar("_T")
_ANSWER_TIMEOUT = 5.0  # seconds


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
        super().__init__(platform, arn, definition)
        self._databases = databases
        self._release = release
        self._probes: dict[str, Probe] = {}
        self._lock = threading.Lock()
        self.started_at = time.time()

    @property
    def rds(self) -> RdsDatabase:
        """The first RDS instance of those that the task's properties lead to."""
        return _first(self._databases.rds, "rds")

    @property
    def elasticache(self) -> ElastiCacheCluster:
        """The first ElastiCache cluster of those that the task's properties lead to."""
        return _first(self._databases.elasticache, "elasticache")

    # --- its containers ---------------------------------------------------------------------

    def container(self, name: str) -> EcsContainer:
        """Return the container with the API of testcontainers' ``DockerContainer``."""
        from ..engine.container import EcsContainer

        runtime_id = self.runtime_id(name)
        with refusals.told(name, runtime_id, "looked up"):
            return EcsContainer.attach(self._platform.client, runtime_id)

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
        Raises :class:`TaskError` where Docker keeps no log to read, as with some log drivers.
        """
        from docker.errors import NotFound

        runtime_id = self.containers[self.definition_of(container).name].runtime_id
        if runtime_id is None:
            return ""
        with refusals.told(container, runtime_id, "asked for its log"):
            try:
                wrapped = self._platform.client.containers.get(runtime_id)
                output: bytes = wrapped.logs(since=since, tail="all" if lines is None else lines)
            except NotFound:
                return ""
        return output.decode(errors="replace")

    def last_lines(self, container: str, lines: int = 10, since: float | None = None) -> str:
        """Return the end of a container's log, for messages, or why it cannot be read."""
        try:
            return self.logs(container, since=since, lines=lines).rstrip()
        except TaskError as error:
            return f"({error})"

    def host_port(self, container: str, port: int, protocol: str = "tcp") -> int:
        """Return the port of the host on which a container port is published."""
        for members in self.containers[self.definition_of(container).name].bindings:
            binding = PortBinding.of_members(members)
            host_port = binding.host_port_of(port)
            if host_port is not None and binding.protocol == protocol:
                return host_port
        raise TaskError(
            f"Port {port}/{protocol} of '{container}' is not published: "
            f"its portMappings have {_mapped(self.definition_of(container))}."
        )

    def address(self, container: str, port: int, protocol: str = "tcp") -> tuple[str, int]:
        """Return host and port under which a published container port is reached from here."""
        host_port = self.host_port(container, port, protocol)
        return self._platform.host, host_port

    def url(self, container: str, port: int, scheme: str = "http") -> str:
        """Return the URL of a published container port, without a slash at its end."""
        host, host_port = self.address(container, port)
        return f"{scheme}://{host}:{host_port}"

    def inspect(self, container: str) -> dict[str, Any]:
        """Return Docker's own view of a container (``docker inspect``)."""
        runtime_id = self.runtime_id(container)
        with refusals.told(container, runtime_id, "inspected"):
            found: dict[str, Any] = self._platform.client.api.inspect_container(runtime_id)
        return found

    def last_health_check(self, container: str) -> str:
        """Return what the last health check printed; "" where there was none."""
        try:
            health = self.inspect(container)["State"].get("Health") or {}
        except TaskError:
            return ""
        return str((health.get("Log") or [{}])[-1].get("Output", "")).strip()

    def is_alive(self, container: str) -> bool:
        """Tell whether the engine has the container running, whatever ECS knows by now."""
        try:
            return bool(self.inspect(container)["State"]["Running"])
        except TaskError:
            return False

    def ip_address(self, container: str) -> str:
        """Return a container's address on the bridge; "" if it has none."""
        return bridge_address(self.inspect(container))

    def exposed_ports(self, container: str) -> set[int]:
        """Return the TCP ports that the definition maps and those that the image exposes."""
        exposed = self.inspect(container)["Config"].get("ExposedPorts") or {}
        return {int(port.partition("/")[0]) for port in exposed if port.endswith("/tcp")}

    def answer(self, container: str, port: int) -> str:
        """Return the status line of the HTTP answer on a published port; ``tcp`` if it is none.

        Raises :class:`TaskError` where the port accepts no connection.
        """
        return http_answer(*self.address(container, port))

    def clock(self) -> float:
        """Return the seconds of the clock that waits are measured by."""
        return time.monotonic()

    def memory_limit(self, container: str) -> int:
        """Return the hard limit of a container in bytes, as the kernel has it.

        It is fixed when a container is created, so those of all that run are read together, and
        once. Raises :class:`TaskError` for one that does not run.
        """
        name = self.definition_of(container).name
        if name not in self._memory_limits:
            self._memory_limits[name] = self._read_memory_limit(name)
        return self._memory_limits[name]

    @cached_property
    def _memory_limits(self) -> dict[str, int]:
        # Docker takes a second to answer this, for each container.
        names = [c.name for c in self.containers.values() if c.status == "RUNNING"]
        with ThreadPoolExecutor(max(len(names), 1)) as pool:
            limits = dict(zip(names, pool.map(self._memory_limit_if_any, names), strict=True))
        return {name: limit for name, limit in limits.items() if limit is not None}

    def _memory_limit_if_any(self, container: str) -> int | None:
        try:
            return self._read_memory_limit(container)
        except TaskError:  # whoever asks for it is told
            return None

    def _read_memory_limit(self, container: str) -> int:
        runtime_id = self.runtime_id(container)
        with refusals.told(container, runtime_id, "measured"):
            stats = self._platform.client.api.stats(runtime_id, stream=False, one_shot=True)
        if not (limit := stats["memory_stats"].get("limit")):
            raise TaskError(f"Container '{container}' has no memory: it does not run.")
        return int(limit)

    def probe(self, container: str) -> Probe:
        """Return a probe in the container's network; it lives as long as the task."""
        with self._lock:
            if container not in self._probes:
                runtime_id = self.runtime_id(container)
                with refusals.told(container, runtime_id, "looked into"):
                    self._probes[container] = self._platform.probe(runtime_id)
            return self._probes[container]

    def stop(self, reason: str | None = None) -> None:
        """Stop the task as StopTask does, and wait until it has stopped.

        ECS sends every container its stop signal, those that others link to last, and SIGKILL after
        its ``stopTimeout``; the stop code is ``UserInitiated``.
        """
        self._platform.stop_task(self.arn, reason)
        self.wait_stopped()

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
        with contextlib.suppress(EmulatorError):  # one that is gone has no instance any more
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


def http_answer(host: str, port: int) -> str:
    """Return the status line of an HTTP answer at that address, or ``tcp`` if it gives none.

    Raises :class:`TaskError` where no connection is accepted.
    """
    connection = http.client.HTTPConnection(host, port, timeout=_ANSWER_TIMEOUT)
    try:
        connection.connect()
    except OSError as error:
        raise TaskError(f"{host}:{port} accepts no connection: {error}.") from error
    try:
        connection.request("GET", "/")
        response = connection.getresponse()
    except (OSError, http.client.HTTPException):
        return "tcp"
    finally:
        connection.close()
    return f"HTTP {response.status} {response.reason}"


def _first(databases: Mapping[str, _T], kind: str) -> _T:
    for database in databases.values():
        return database
    raise TaskError(f"pyproject.toml has no [tool.multidocker.{kind}.NAME] table.")


def _mapped(container: ContainerDefinition) -> str:
    ports = [f"{m.container_port}/{m.protocol}" for m in container.port_mappings]
    return " and ".join(ports) or "none"
