from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pytest_multidocker.engine import installation
from pytest_multidocker.engine.endpoint import DEFAULT_HOST, Endpoint
from pytest_multidocker.engine.installation import bring_up
from pytest_multidocker.engine.machine import CommandFailed, Machine
from pytest_multidocker.errors import EngineUnavailable

DEFAULT = Endpoint(DEFAULT_HOST, "the default socket")
APT = "apt-get -q -o DPkg::Lock::Timeout=120"


class FakeProcess:
    """A daemon that ends at once, or never."""

    def __init__(self, code: int | None) -> None:
        self._code = code
        self.terminated = False

    def wait(self, timeout: float) -> int:
        if self._code is None:
            raise subprocess.TimeoutExpired("dockerd", timeout)
        return self._code

    def terminate(self) -> None:
        self.terminated = True


@dataclass
class FakeMachine(Machine):
    """A machine of the test's making."""

    folder: Path
    programs: set[str] = field(default_factory=lambda: {"dockerd", "iptables", "apt-get"})
    is_root: bool = True
    is_linux: bool = True
    has_systemd: bool = False
    has_cgroups: bool = True
    usable_socket: bool = True
    answers: bool = False
    becomes_up: bool = True
    failing: str = "nothing"
    processes: dict[int, str] = field(default_factory=dict)
    process: FakeProcess = field(default_factory=lambda: FakeProcess(None))
    done: list[str] = field(default_factory=list)
    on_spawn: Callable[[], None] = lambda: None

    @property
    def log_file(self) -> Path:
        return self.folder / "dockerd.log"

    @property
    def pid_file(self) -> Path:
        return self.folder / "docker.pid"

    def which(self, program: str) -> str | None:
        return f"/usr/sbin/{program}" if program in self.programs else None

    def process_name(self, pid: int) -> str | None:
        return self.processes.get(pid)

    def may_use(self, socket: Path) -> bool:
        return self.usable_socket

    def connect(self, endpoint: Endpoint) -> Any:
        return SimpleNamespace(close=lambda: None) if self.answers else None

    def run(self, command: list[str], timeout: float) -> str:
        shown = " ".join(command)
        self.done.append(shown)
        if self.failing in shown:
            raise CommandFailed(f"'{shown}' failed with exit code 100:\n  | E: no network")
        if "docker.io" in command:
            self.programs |= {"dockerd", "iptables"}
        if "start docker.service" in shown:
            self.answers = self.becomes_up
        return ""

    def spawn(self, command: list[str], log: Path) -> Any:
        self.done.append(" ".join(command))
        log.write_text("starting\nfailed to start daemon: iptables not found\n")
        self.answers = self.becomes_up
        self.on_spawn()
        return self.process


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeMachine:
    monkeypatch.setattr(installation, "read_status", lambda _client, endpoint: endpoint)
    return FakeMachine(tmp_path)


def _refused(machine: FakeMachine, endpoint: Endpoint = DEFAULT, **options: Any) -> str:
    with pytest.raises(EngineUnavailable) as caught:
        bring_up(machine=machine, endpoint=endpoint, **options)
    return str(caught.value)


def test_an_engine_that_answers_is_left_alone(machine: FakeMachine) -> None:
    machine.answers = True
    machine.programs = set()
    outcome = bring_up(machine=machine, endpoint=DEFAULT, install=True)
    assert (outcome.started, outcome.installed, machine.done) == (False, (), [])


def test_an_installed_dockerd_is_started(machine: FakeMachine) -> None:
    outcome = bring_up(machine=machine, endpoint=DEFAULT)
    assert (outcome.started, outcome.installed) == (True, ())
    assert machine.done == ["/usr/sbin/dockerd"]


def test_where_systemd_runs_it_starts_the_service(machine: FakeMachine) -> None:
    machine.has_systemd = True
    assert bring_up(machine=machine, endpoint=DEFAULT).started
    assert machine.done == ["systemctl cat docker.service", "systemctl start docker.service"]


def test_a_dockerd_without_unit_is_started_beside_systemd(machine: FakeMachine) -> None:
    machine.has_systemd = True
    machine.failing = "systemctl cat"
    bring_up(machine=machine, endpoint=DEFAULT)
    assert machine.done[-1] == "/usr/sbin/dockerd"


def test_a_service_that_systemd_cannot_start_is_told(machine: FakeMachine) -> None:
    machine.has_systemd = True
    machine.failing = "systemctl start"
    assert _refused(machine) == (
        "systemd could not start Docker. 'systemctl start docker.service' failed with exit code "
        "100:\n  | E: no network\nSee 'journalctl -u docker.service'."
    )
    machine.failing = "nothing"
    machine.becomes_up = False
    assert _refused(machine, wait=0.2).startswith("systemd started Docker, but nothing answers")


def test_with_leave_the_package_is_installed_first(machine: FakeMachine) -> None:
    machine.programs = {"apt-get"}
    outcome = bring_up(machine=machine, endpoint=DEFAULT, install=True)
    assert outcome.installed == ("docker.io", "iptables")
    assert machine.done == [
        f"{APT} update",
        f"{APT} install -y --no-install-recommends docker.io iptables",
        "/usr/sbin/dockerd",
    ]


def test_what_the_packages_own_script_started_is_not_started_again(machine: FakeMachine) -> None:
    machine.programs = {"apt-get"}
    lines: list[str] = []

    def progress(line: str) -> None:
        lines.append(line)
        machine.answers = line == "starting dockerd"

    assert bring_up(machine=machine, endpoint=DEFAULT, install=True, progress=progress).started
    assert lines == ["installing docker.io iptables", "starting dockerd"]
    assert "/usr/sbin/dockerd" not in machine.done


def test_control_groups_are_mounted_where_nobody_did(machine: FakeMachine) -> None:
    machine.programs = {"apt-get"}
    machine.has_cgroups = False
    bring_up(machine=machine, endpoint=DEFAULT, install=True)
    assert machine.done[1:3] == [
        f"{APT} install -y --no-install-recommends docker.io iptables cgroupfs-mount",
        "cgroupfs-mount",
    ]
    machine = FakeMachine(machine.folder, {"apt-get"}, has_cgroups=False, failing="cgroupfs-mount")
    machine.failing = "cgroupfs-mount"
    assert "could not be installed" in _refused(machine, install=True)


@pytest.mark.parametrize(
    ("programs", "missing"),
    [({"apt-get"}, "docker.io iptables"), ({"apt-get", "dockerd"}, "iptables")],
)
def test_without_leave_the_way_out_is_named(
    machine: FakeMachine, programs: set[str], missing: str
) -> None:
    machine.programs = programs
    assert _refused(machine) == (
        "No Docker Engine answers, and for one of this machine's own these packages are missing: "
        f"{missing}. 'multidocker engine up --install' installs and starts it."
    )
    assert machine.done == []


def test_an_installation_that_fails_is_told_with_its_output(machine: FakeMachine) -> None:
    machine.programs = {"apt-get"}
    machine.failing = "update"
    assert _refused(machine, install=True) == (
        f"Docker could not be installed. '{APT} update' failed with exit code 100:\n"
        "  | E: no network"
    )


def test_what_cannot_be_started_here_is_told(machine: FakeMachine, tmp_path: Path) -> None:
    far = Endpoint("tcp://lab:2375", "DOCKER_HOST")
    assert _refused(machine, far).startswith("DOCKER_HOST names tcp://lab:2375, where no engine")
    assert "Docker Desktop" in _refused(FakeMachine(tmp_path, is_linux=False))
    assert "only root can start one" in _refused(FakeMachine(tmp_path, is_root=False))
    assert "You may not use" in _refused(FakeMachine(tmp_path, usable_socket=False))
    assert "with this distribution's tools" in _refused(
        FakeMachine(tmp_path, programs=set()), install=True
    )


@pytest.mark.parametrize("text", ["4711", "4711\n", "", "nonsense"])
def test_a_stale_pid_file_is_removed(machine: FakeMachine, text: str) -> None:
    machine.processes = {4711: "bash"}
    machine.pid_file.write_text(text)
    bring_up(machine=machine, endpoint=DEFAULT)
    assert not machine.pid_file.exists()
    assert machine.done == ["/usr/sbin/dockerd"]


def test_a_dockerd_that_runs_is_waited_for_and_not_started_twice(machine: FakeMachine) -> None:
    machine.processes = {4711: "dockerd"}
    machine.pid_file.write_text("4711")
    assert _refused(machine, wait=0.2).startswith(
        "dockerd runs as process 4711 but does not answer at unix:///var/run/docker.sock."
    )
    assert machine.done == []
    assert machine.pid_file.exists()


def test_losing_a_race_against_another_start_is_no_failure(machine: FakeMachine) -> None:
    machine.becomes_up = False
    machine.process = FakeProcess(1)

    def other_wins() -> None:
        machine.processes = {4711: "dockerd"}
        machine.pid_file.write_text("4711")
        machine.answers = False

    machine.on_spawn = other_wins
    assert _refused(machine, wait=0.2).startswith("dockerd runs as process 4711")


def test_a_dockerd_that_ends_is_told_with_log_and_hint(machine: FakeMachine) -> None:
    machine.becomes_up = False
    machine.process = FakeProcess(1)
    assert _refused(machine).splitlines() == [
        (
            "dockerd ended with exit code 1 before it answered. The end of its log, "
            f"{machine.log_file}:"
        ),
        "  | starting",
        "  | failed to start daemon: iptables not found",
        (
            "Its firewall rules were refused: try 'update-alternatives --set iptables "
            "/usr/sbin/iptables-legacy'."
        ),
    ]


def test_a_dockerd_that_does_not_answer_in_time_is_ended(machine: FakeMachine) -> None:
    machine.becomes_up = False
    assert _refused(machine, wait=0.0).startswith(
        "dockerd did not answer at unix:///var/run/docker.sock in 0 s."
    )
    assert machine.process.terminated
