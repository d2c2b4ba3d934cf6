"""A dockerd of a test's own: in a network namespace of its own, with paths of its own.

It may be restarted and killed without anybody noticing who uses the machine's. What outlives it, as
where systemd starts them, is its containerd, and the namespace with the bridge.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

from docker import DockerClient

from pytest_multidocker.engine.daemon import start_dockerd
from pytest_multidocker.engine.endpoint import Endpoint
from pytest_multidocker.engine.machine import Machine

_BRIDGE = "10.213.0.1/24"  # not that of the machine's, so that nobody takes it for it
_TIMEOUT = 60

_CONTAINERD = """\
version = 2
root = "{folder}/containerd"
state = "{folder}/containerd-state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = "{folder}/containerd.sock"
"""


class PrivateDaemon:
    """Starts with :meth:`start`; all of it is gone after :meth:`close`."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._folder = folder
        self._endpoint = Endpoint(f"unix://{folder}/docker.sock", "the test")
        self._options = options
        self._clients: list[DockerClient] = []
        self._machine = _Machine()
        self._namespace = _new_namespace()
        self._containerd = self._start_containerd()

    @property
    def host(self) -> str:
        """Its address, as ``DOCKER_HOST`` has it."""
        return self._endpoint.host

    def start(self) -> DockerClient:
        """Start the daemon, wait until it answers, and return a client of it."""
        command = [
            *("nsenter", f"--net=/proc/{self._namespace.pid}/ns/net"),
            Machine().which("dockerd") or "dockerd",
            f"--host={self._endpoint.host}",
            f"--data-root={self._folder}/data",
            f"--exec-root={self._folder}/exec",
            f"--pidfile={self._folder}/docker.pid",
            f"--bip={_BRIDGE}",
            "--storage-driver=vfs",
            f"--containerd={self._folder}/containerd.sock",
            *self._options,
        ]
        log = self._folder / "log"
        client = start_dockerd(self._machine, command, log, self._endpoint, _TIMEOUT)
        self._clients.append(client)
        return client

    def stop(self, by: int = signal.SIGTERM) -> None:
        """End the daemon with that signal, and wait until it is gone."""
        if self._machine.process is not None:
            self._machine.process.send_signal(by)
            self._machine.process.wait(_TIMEOUT)
            self._machine.process = None

    def close(self) -> None:
        """End everything, in whatever state it is."""
        for client in self._clients:
            client.close()
        self.stop()
        for pid in list(self._survivors()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in (self._containerd, self._namespace):
            process.terminate()
            process.wait(_TIMEOUT)
        unmount_below(self._folder)

    def _start_containerd(self) -> subprocess.Popen[bytes]:
        config = self._folder / "containerd.toml"
        config.write_text(_CONTAINERD.format(folder=self._folder))
        with (self._folder / "containerd.log").open("wb") as log:
            command = ["containerd", "--config", str(config)]
            return subprocess.Popen(command, stdout=log, stderr=log)  # dockerd waits for it

    def _survivors(self) -> Iterator[int]:
        """The processes of containers that have outlived the daemon, and those that tend them."""
        ids = [path.name for path in (self._folder / "data" / "containers").glob("*")]
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                known = (process / "cgroup").read_text() + (process / "cmdline").read_text()
                if any(container in known for container in ids):
                    yield int(process.name)


def unmount_below(folder: Path) -> None:
    """Let go of what a dockerd has mounted below the folder and left: namespaces, its own root."""
    mounts = (line.split()[1] for line in Path("/proc/mounts").read_text().splitlines())
    for place in [mount for mount in mounts if mount.startswith(f"{folder}/")]:
        subprocess.run(["umount", "--lazy", place], check=True, timeout=10)


def _new_namespace() -> subprocess.Popen[bytes]:
    """Return a process in a network namespace of its own, once it is there."""
    command = ["unshare", "--net", "sh", "-c", "ip link set lo up; echo; exec sleep infinity"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout as there:
        assert there.readline() == b"\n"  # else a daemon would stand in the machine's own
    return process


class _Machine(Machine):
    """Remembers the daemon that it starts."""

    process: subprocess.Popen[bytes] | None = None

    def spawn(self, command: list[str], log: Path) -> subprocess.Popen[bytes]:
        self.process = super().spawn(command, log)
        return self.process
