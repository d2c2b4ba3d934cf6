"""Having a Docker Engine on this machine: found, started, or installed and started."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import EngineUnavailable
from .daemon import start_service
from .endpoint import DEFAULT_HOST, Endpoint, find_endpoint
from .image_attempt import Progress, silent
from .machine import CommandFailed, Machine
from .status import EngineStatus, read_status

if TYPE_CHECKING:
    from docker import DockerClient

_APT = ("apt-get", "-q", "-o", "DPkg::Lock::Timeout=120")
_APT_TIMEOUT = 900
_WAIT = 60.0


@dataclass(frozen=True)
class BroughtUp:
    """What :func:`bring_up` found or did."""

    status: EngineStatus
    started: bool
    installed: tuple[str, ...]
    """The packages that were installed for it."""


def bring_up(
    *,
    install: bool = False,
    wait: float = _WAIT,
    progress: Progress = silent,
    endpoint: Endpoint | None = None,
    machine: Machine | None = None,
) -> BroughtUp:
    """Return the engine that answers; where none does, start one, with ``install`` installing it.

    An engine that answers is left alone. ``wait`` bounds the seconds until a started one answers.
    Raises :class:`EngineUnavailable` with the reason and the way out.
    """
    endpoint = endpoint or find_endpoint()
    machine = machine or Machine()
    if client := machine.connect(endpoint):
        return _outcome(client, endpoint, started=False, installed=())
    _check_may_start(machine, endpoint)
    installed = _install_missing(machine, progress, install=install)
    if installed and not machine.has_cgroups:
        _mount_cgroups(machine)
    progress("starting dockerd")
    # The package may have started it; an engine that answers meanwhile is what we want.
    client = machine.connect(endpoint) or start_service(machine, endpoint, wait)
    return _outcome(client, endpoint, started=True, installed=installed)


def _outcome(
    client: DockerClient, endpoint: Endpoint, *, started: bool, installed: tuple[str, ...]
) -> BroughtUp:
    with closing(client):
        return BroughtUp(read_status(client, endpoint), started, installed)


def _check_may_start(machine: Machine, endpoint: Endpoint) -> None:
    if endpoint.host != DEFAULT_HOST:
        raise EngineUnavailable(
            f"{endpoint.source} names {endpoint.host}, where no engine answers, and only this "
            "machine's own can be started here. Start that one, or do not name it."
        )
    if not machine.is_linux:
        raise EngineUnavailable(
            "No Docker Engine answers, and on this system one runs in a virtual machine only: "
            "start Docker Desktop, Colima or the like."
        )
    if endpoint.socket and not machine.may_use(endpoint.socket):
        raise EngineUnavailable(
            f"You may not use {endpoint.socket}. Run as root, or join the group that owns it and "
            "log in again."
        )
    if not machine.is_root:
        raise EngineUnavailable(
            "No Docker Engine answers, and only root can start one: sudo multidocker engine up"
        )


def _install_missing(machine: Machine, progress: Progress, *, install: bool) -> tuple[str, ...]:
    """Install what is missing, if allowed, and return the packages."""
    packages = _missing_packages(machine)
    if not packages:
        return ()
    names = " ".join(packages)
    if not machine.which("apt-get"):
        raise EngineUnavailable(
            f"No Docker Engine answers, and none is installed (missing: {names}). Install Docker "
            "with this distribution's tools, then run 'multidocker engine up'."
        )
    if not install:
        raise EngineUnavailable(
            f"No Docker Engine answers, and for one of this machine's own these packages are "
            f"missing: {names}. 'multidocker engine up --install' installs and starts it."
        )
    progress(f"installing {names}")
    try:
        machine.run([*_APT, "update"], _APT_TIMEOUT)
        machine.run([*_APT, "install", "-y", "--no-install-recommends", *packages], _APT_TIMEOUT)
    except CommandFailed as error:
        raise EngineUnavailable(f"Docker could not be installed. {error}") from error
    return packages


def _missing_packages(machine: Machine) -> tuple[str, ...]:
    packages = []
    if not machine.which("dockerd"):
        packages.append("docker.io")
    if not machine.which("iptables"):
        packages.append("iptables")
    if packages and not machine.has_systemd and not machine.has_cgroups:
        packages.append("cgroupfs-mount")
    return tuple(packages)


def _mount_cgroups(machine: Machine) -> None:
    try:
        machine.run(["cgroupfs-mount"], _APT_TIMEOUT)
    except CommandFailed as error:
        raise EngineUnavailable(f"Control groups could not be mounted. {error}") from error
