"""The end of an emulator: what came late goes too, and a clean-up that hangs ends all the same."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from pytest_multidocker.aws import server as module
from pytest_multidocker.aws import serving
from pytest_multidocker.aws.emulator import Emulator, EmulatorOptions
from pytest_multidocker.aws.server import EmulatorServer
from pytest_multidocker.engine.run import Run, known_runs
from pytest_multidocker.engine.sweep import Removed


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EmulatorServer:
    """One that has not been started, and has no Docker."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    workdir = tmp_path / "multidocker-work"
    workdir.mkdir()
    monkeypatch.setattr(Emulator, "docker", lambda _self: None)
    monkeypatch.setattr(module, "erase", lambda *_: None)
    return EmulatorServer(Emulator(EmulatorOptions(), Run.start(workdir)))


def sweeps(monkeypatch: pytest.MonkeyPatch, *rounds: Removed) -> list[str]:
    """Have each round of sweeping find what is given; return the runs that are swept."""
    swept: list[str] = []
    left = iter(rounds)

    def remove(_client: object, run_id: str) -> Removed:
        swept.append(run_id)
        return next(left)

    monkeypatch.setattr(module, "remove_run", remove)
    return swept


def test_what_appears_while_it_is_swept_is_removed_too(
    server: EmulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = server.emulator.run.id
    late = Removed(run, containers=("late",))
    swept = sweeps(monkeypatch, Removed(run, containers=("web",)), late, Removed(run))

    server.close()

    assert swept == [run] * 3
    assert known_runs() == []


def test_a_run_of_which_something_is_left_is_left_to_a_sweep(
    server: EmulatorServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    run = server.emulator.run.id
    sweeps(monkeypatch, *[Removed(run, failures=("container web: device busy",))] * 3)

    server.close()

    assert "container web: device busy" in caplog.text
    assert [(known.id, known.is_alive()) for known in known_runs()] == [(run, False)]


def test_a_clean_up_that_hangs_ends_with_the_process(
    server: EmulatorServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    over = threading.Event()
    hanging: Any = server
    monkeypatch.setattr(serving, "_CLOSE_TIMEOUT", 0.05)
    monkeypatch.setattr(serving, "_exit_now", over.set)
    monkeypatch.setattr(hanging, "close", lambda: over.wait(5))

    serving._close(server)

    assert over.is_set()
    assert f"`multidocker clean` removes run {server.emulator.run.id}" in caplog.text
