"""Starting an installed dockerd and waiting until it answers."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import EngineUnavailable
from .endpoint import Endpoint
from .machine import CommandFailed, Machine

if TYPE_CHECKING:
    from docker import DockerClient

_LOOK_EVERY = 0.1
"""Seconds between two attempts to reach a daemon that starts; its death is noticed at once."""
_SYSTEMCTL_TIMEOUT = 120
_SHOWN_LINES = 15

# What the ends of failed daemons' logs have in common, and what helps.
_HINTS = {
    "operation not permitted": "This machine may itself be a container without the rights to run "
    "others: start it privileged, or point DOCKER_HOST at an engine elsewhere.",
    "iptables": "Its firewall rules were refused: try 'update-alternatives --set iptables "
    "/usr/sbin/iptables-legacy'.",
    "cgroup": "Control groups are missing: 'apt-get install cgroupfs-mount' mounts them.",
    "graphdriver": 'The file system is not fit for overlay2: put {"storage-driver": "vfs"} into '
    "/etc/docker/daemon.json.",
}


def start_service(machine: Machine, endpoint: Endpoint, wait: float) -> DockerClient:
    """Start dockerd as this machine starts services and return a client of it.

    ``wait`` bounds the seconds until it answers. Raises :class:`EngineUnavailable` with the end of
    the daemon's log.
    """
    if machine.has_systemd and _has_unit(machine):
        return _start_with_systemd(machine, endpoint, wait)
    # The package's own script, or another process, may have just started it; or its start hangs.
    running = clear_stale_pid(machine)
    if running is not None:
        return _await_running(machine, endpoint, running, wait)
    dockerd = machine.which("dockerd") or "dockerd"
    try:
        return start_dockerd(machine, [dockerd], machine.log_file, endpoint, wait)
    except EngineUnavailable:
        running = clear_stale_pid(machine)
        if running is None:
            raise
        return _await_running(machine, endpoint, running, wait)


def start_dockerd(
    machine: Machine, command: list[str], log: Path, endpoint: Endpoint, wait: float
) -> DockerClient:
    """Start dockerd in a session of its own and return a client once it answers.

    Raises :class:`EngineUnavailable` as soon as it ends, or after ``wait`` seconds.
    """
    process = machine.spawn(command, log)
    deadline = time.monotonic() + wait
    while (client := machine.connect(endpoint)) is None:
        try:
            code = process.wait(_LOOK_EVERY)
        except subprocess.TimeoutExpired:
            if time.monotonic() < deadline:
                continue
            process.terminate()
            raise _failure(
                f"dockerd did not answer at {endpoint.host} in {wait:g} s", log
            ) from None
        raise _failure(f"dockerd ended with exit code {code} before it answered", log)
    return client


def clear_stale_pid(machine: Machine) -> int | None:
    """Return the id of the dockerd that runs; remove the pid file of one that does not.

    dockerd refuses to start while its pid file names any process at all, and after a crash or a
    restart of the machine the number may belong to another program.
    """
    try:
        pid = int(machine.pid_file.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        pid = 0
    if pid and machine.process_name(pid) == "dockerd":
        return pid
    machine.pid_file.unlink(missing_ok=True)
    return None


def _await_running(machine: Machine, endpoint: Endpoint, pid: int, wait: float) -> DockerClient:
    deadline = time.monotonic() + wait
    while time.monotonic() < deadline and machine.process_name(pid) == "dockerd":
        if client := machine.connect(endpoint):
            return client
        time.sleep(_LOOK_EVERY)  # another's child: nothing tells us of its end
    raise EngineUnavailable(
        f"dockerd runs as process {pid} but does not answer at {endpoint.host}. Look into its log, "
        "or end it and run 'multidocker engine up' again."
    )


def _has_unit(machine: Machine) -> bool:
    try:
        machine.run(["systemctl", "cat", "docker.service"], _SYSTEMCTL_TIMEOUT)
    except CommandFailed:
        return False
    return True


def _start_with_systemd(machine: Machine, endpoint: Endpoint, wait: float) -> DockerClient:
    try:
        machine.run(["systemctl", "start", "docker.service"], _SYSTEMCTL_TIMEOUT)
    except CommandFailed as error:
        raise EngineUnavailable(
            f"systemd could not start Docker. {error}\nSee 'journalctl -u docker.service'."
        ) from error
    deadline = time.monotonic() + wait
    while (client := machine.connect(endpoint)) is None:
        if time.monotonic() > deadline:
            raise EngineUnavailable(
                f"systemd started Docker, but nothing answers at {endpoint.host} after {wait:g} s. "
                "See 'journalctl -u docker.service'."
            )
        time.sleep(_LOOK_EVERY)  # the socket appears without an event
    return client


def _failure(what: str, log: Path) -> EngineUnavailable:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_SHOWN_LINES:]
    text = "\n".join([f"{what}. The end of its log, {log}:", *(f"  | {line}" for line in lines)])
    last = "\n".join(lines[-3:]).lower()
    hint = next((hint for sign, hint in _HINTS.items() if sign in last), None)
    return EngineUnavailable(f"{text}\n{hint}" if hint else text)
