"""Reaching the Docker Engine and telling what it is able to do."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import EngineUnavailable
from .bridge import default_bridge
from .endpoint import Endpoint, find_endpoint

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.tls import TLSConfig

_REQUEST_TIMEOUT = 60
"""Seconds that a single request to an engine that answers may take."""
_CONNECTIONS = 64
"""How many are kept: a request each may wait for a container to stop. Docker's library keeps 10."""


@dataclass(frozen=True)
class EngineStatus:
    """What an engine says of itself, as far as it matters for running tasks."""

    endpoint: Endpoint
    version: str
    api_version: str
    operating_system: str
    cpus: int
    memory: int
    """MiB of the machine."""
    storage: str
    cgroup_version: str
    memory_limit: bool
    """Whether a container's memory can be limited: without it no out-of-memory death is shown."""
    swap_accounting: bool
    """Whether swap counts towards the limit; it only matters on a machine that has swap."""
    default_bridge: str | None
    """The gateway address of the default bridge, which links need; ``None`` if there is none."""

    @property
    def problems(self) -> tuple[str, ...]:
        """What keeps this engine from running tasks as an ECS instance would, one sentence each."""
        found = []
        if self.default_bridge is None:
            found.append(
                "There is no default bridge network, so containers cannot be linked. "
                "Start dockerd without --bridge=none."
            )
        if not self.memory_limit:
            found.append(
                "The kernel limits no container's memory. Boot with cgroup_enable=memory on the "
                "kernel's command line."
            )
        return tuple(found)


def connect(timeout: float = 10.0, environ: Mapping[str, str] | None = None) -> DockerClient:
    """Return a client of the engine that ``environ`` (by default the process's) chooses.

    ``timeout`` bounds the seconds until the engine has answered. Raises :class:`EngineUnavailable`
    with what was tried, why it failed and the way out.
    """
    return connect_to(find_endpoint(environ), timeout)


find_engine = connect


def connect_to(endpoint: Endpoint, timeout: float = 10.0) -> DockerClient:
    """Return a client of the engine at ``endpoint``; see :func:`connect`."""
    try:
        _knock(endpoint, timeout)
    except OSError as error:
        raise EngineUnavailable(_explain(endpoint, error, timeout)) from error
    from docker import DockerClient
    from docker.errors import DockerException

    try:
        client = DockerClient(
            base_url=endpoint.host,
            version="auto",
            timeout=timeout,  # type: ignore[arg-type]  # requests takes fractions too
            tls=_tls(endpoint),
            max_pool_size=_CONNECTIONS,
            use_ssh_client=endpoint.host.startswith("ssh://"),
        )
    except (DockerException, OSError) as error:
        raise EngineUnavailable(_explain(endpoint, error, timeout)) from error
    client.api.timeout = _REQUEST_TIMEOUT
    return client


def require_engine(timeout: float = 10.0, environ: Mapping[str, str] | None = None) -> None:
    """Raise :class:`EngineUnavailable` where no engine answers; see :func:`connect`.

    Docker's library, which takes its time to load, is not loaded for an engine on this machine.
    """
    endpoint = find_endpoint(environ)
    if endpoint.socket is None:
        connect_to(endpoint, timeout).close()
        return
    try:
        _knock(endpoint, timeout)
    except OSError as error:
        raise EngineUnavailable(_explain(endpoint, error, timeout)) from error


def _knock(endpoint: Endpoint, timeout: float) -> None:
    """Raise ``OSError`` where nobody answers on the endpoint's socket.

    Docker's library would say so as well, but it leaves a socket open each time.
    """
    if endpoint.socket is not None:
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(timeout)
            door.connect(str(endpoint.socket))
            door.sendall(b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n")
            if not door.recv(1):
                raise ConnectionResetError(errno.ECONNRESET, "the connection was closed")


def read_status(client: DockerClient, endpoint: Endpoint | None = None) -> EngineStatus:
    """Return what the engine behind ``client`` says of itself."""
    info: dict[str, Any] = client.info()
    bridge = default_bridge(client)
    return EngineStatus(
        endpoint=endpoint or find_endpoint(),
        version=info.get("ServerVersion", "?"),
        api_version=str(client.api.api_version),
        operating_system=info.get("OperatingSystem", "?"),
        cpus=info.get("NCPU", 0),
        memory=info.get("MemTotal", 0) // 2**20,
        storage=info.get("Driver", "?"),
        cgroup_version=info.get("CgroupVersion", "1"),
        memory_limit=bool(info.get("MemoryLimit")),
        swap_accounting=bool(info.get("SwapLimit")),
        default_bridge=None if bridge is None else bridge.gateway,
    )


def _tls(endpoint: Endpoint) -> TLSConfig | bool:
    folder = endpoint.tls_folder
    if folder is None:
        return False
    from docker.errors import TLSParameterError
    from docker.tls import TLSConfig

    try:
        return TLSConfig(
            client_cert=(str(folder / "cert.pem"), str(folder / "key.pem")),
            ca_cert=str(folder / "ca.pem") if (folder / "ca.pem").is_file() else None,
            verify=endpoint.tls_verify,
        )
    except TLSParameterError as error:
        raise EngineUnavailable(
            f"The TLS certificates of {endpoint.host} in {folder} cannot be used: {error.msg}"
        ) from error


def _explain(endpoint: Endpoint, error: BaseException, timeout: float) -> str:
    place = f"{endpoint.host} ({endpoint.source})"
    cause, number = _root_cause(error)
    if number in {errno.EACCES, errno.EPERM}:
        return (
            f"You may not use the Docker Engine at {place}: permission denied. Run as root, or "
            f"join the group that owns the socket ('{_group_of(endpoint)}') and log in again."
        )
    why = {
        errno.ENOENT: "there is no such socket",
        errno.ECONNREFUSED: "nobody listens there",
    }.get(number or 0, cause)
    if isinstance(error.__context__ or error, NameError) and endpoint.host.startswith("ssh://"):
        why = "the SSH support of Docker's library is missing ('pip install docker[ssh]')"
    if "timed out" in cause.lower():
        why = f"no answer within {timeout:g} s"
    way_out = (
        "Start one with 'multidocker engine up' ('--install' installs it first), or name another "
        "in DOCKER_HOST or a Docker context."
    )
    if endpoint.source == "DOCKER_HOST":
        way_out = (
            "Start that one, name another, or unset DOCKER_HOST: 'multidocker engine up' starts "
            "one on this machine."
        )
    return f"No Docker Engine answers at {place}: {why}. {way_out}"


def _root_cause(error: BaseException) -> tuple[str, int | None]:
    """Return the innermost message and, if the system gave one, its errno."""
    seen: BaseException | None = error
    message, number = str(error), None
    while seen is not None:
        message = str(seen) or message
        if isinstance(seen, OSError) and isinstance(seen.errno, int):
            message, number = os.strerror(seen.errno).lower(), seen.errno
        seen = seen.__cause__ or seen.__context__
    return message, number


def _group_of(endpoint: Endpoint) -> str:
    try:
        return endpoint.socket.group() if endpoint.socket else "docker"
    except (OSError, KeyError):
        return "docker"
