"""Starting a dockerd for real: a second one beside the machine's own, with paths of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.private_daemon import unmount_below

from pytest_multidocker.engine.daemon import start_dockerd
from pytest_multidocker.engine.endpoint import Endpoint
from pytest_multidocker.engine.machine import Machine
from pytest_multidocker.engine.status import connect_to, read_status
from pytest_multidocker.errors import EngineUnavailable

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or Machine().which("dockerd") is None,
    reason="starting a second dockerd needs root and an installed dockerd",
)


class RecordingMachine(Machine):
    """Remembers the daemon that it starts, so that the test can end it."""

    process: subprocess.Popen[bytes] | None = None

    def spawn(self, command: list[str], log: Path) -> subprocess.Popen[bytes]:
        self.process = super().spawn(command, log)
        return self.process


@contextmanager
def ended_at_last(machine: RecordingMachine, folder: Path) -> Iterator[None]:
    try:
        yield
    finally:
        if machine.process is not None:
            machine.process.terminate()
            machine.process.wait(30)
        unmount_below(folder)


def _command(folder: Path, *options: str) -> tuple[list[str], Endpoint]:
    host = f"unix://{folder}/docker.sock"
    command = [
        # A network of its own: a dockerd without a bridge takes away the one that it finds.
        *("unshare", "--net"),
        Machine().which("dockerd") or "dockerd",
        f"--host={host}",
        f"--data-root={folder}/data",
        f"--exec-root={folder}/exec",
        f"--pidfile={folder}/docker.pid",
        "--bridge=none",
        "--iptables=false",
        *options,
    ]
    return command, Endpoint(host, "the test")


def test_a_started_dockerd_answers_and_runs_in_a_session_of_its_own(socket_folder: Path) -> None:
    command, endpoint = _command(socket_folder)
    machine = RecordingMachine()
    with ended_at_last(machine, socket_folder):
        client = start_dockerd(machine, command, socket_folder / "log", endpoint, 60)
        status = read_status(client, endpoint)
        client.close()
        assert machine.process is not None
        assert os.getsid(machine.process.pid) == machine.process.pid
        assert status.default_bridge is None
        assert [problem.partition(",")[0] for problem in status.problems] == [
            "There is no default bridge network"
        ]
    with pytest.raises(EngineUnavailable, match="there is no such socket"):
        connect_to(endpoint)


def test_a_dockerd_that_ends_at_once_is_reported_with_its_log(socket_folder: Path) -> None:
    command, endpoint = _command(socket_folder, "--storage-driver=nonsense")
    machine = RecordingMachine()
    with (
        ended_at_last(machine, socket_folder),
        pytest.raises(EngineUnavailable) as caught,
    ):
        start_dockerd(machine, command, socket_folder / "log", endpoint, 60)
    text = str(caught.value)
    assert text.startswith("dockerd ended with exit code 1 before it answered. The end of its log")
    assert "error initializing graphdriver" in text
    assert text.splitlines()[-1].startswith("The file system is not fit for overlay2")
