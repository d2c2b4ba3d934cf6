"""Removing what runs have left, where Docker does not let everything go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.daemon import Answer, FakeDaemon

from pytest_multidocker.engine.run import Run, known_runs
from pytest_multidocker.engine.sweep import Removed, remove_run, sweep_dead_runs

BUSY: Answer = (500, {"message": "driver failed to remove root filesystem"})
DONE: Answer = (200, {})


@pytest.fixture
def daemon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeDaemon]:
    """A daemon with two containers, of which one cannot be removed, and a volume."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    daemon = FakeDaemon(tmp_path / "docker.sock")
    daemon.on("GET /info", (200, {"ID": "engine"}))
    entries: list[dict[str, Any]] = [{"Id": n, "Names": [f"/{n}"]} for n in ("stuck", "free")]
    daemon.on("GET /containers/json", (200, entries))
    daemon.on("GET /volumes", (200, {"Volumes": [{"Name": "data"}]}))
    daemon.on("GET /networks", (200, []))
    daemon.on("DELETE /containers/stuck", BUSY)
    daemon.on("DELETE /containers/free", DONE)
    daemon.on("DELETE /volumes/data", DONE)
    yield daemon
    daemon.close()


def test_what_cannot_be_removed_keeps_nothing_else_from_being(daemon: FakeDaemon) -> None:
    client = daemon.client()

    removed = remove_run(client, "feed")

    client.close()
    why = ("container stuck: driver failed to remove root filesystem",)
    assert removed == Removed("feed", containers=("free",), volumes=("data",), failures=why)
    assert removed


def test_one_that_somebody_else_removes_is_waited_for(daemon: FakeDaemon) -> None:
    busy = "removal of container stuck is already in progress"
    daemon.on("DELETE /containers/stuck", (409, {"message": busy}))
    daemon.on("POST /containers/stuck/wait", (200, {"StatusCode": 0}))
    client = daemon.client()

    removed = remove_run(client, "feed")

    client.close()
    assert removed.containers == ("stuck", "free")
    assert daemon.count("POST /containers/stuck/wait") == 1


def test_a_run_of_which_something_is_left_stays_known(daemon: FakeDaemon, tmp_path: Path) -> None:
    workdir = tmp_path / "multidocker-work"
    workdir.mkdir()
    Run.start(workdir).abandon()
    client = daemon.client()

    assert [bool(run.failures) for run in sweep_dead_runs(client)] == [True]
    assert [run.workdir for run in known_runs()] == [workdir]

    daemon.on("DELETE /containers/stuck", DONE)
    assert [bool(run.failures) for run in sweep_dead_runs(client)] == [False]
    assert known_runs() == []
    client.close()
