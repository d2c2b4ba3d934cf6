from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest

from pytest_multidocker.cli import clean
from pytest_multidocker.engine.run import Run, runs_dir
from pytest_multidocker.engine.sweep import Removed


class FakeEngine:
    """Stands for the engine: what each run has on it, and what was removed."""

    def __init__(self, contents: dict[str, Removed]) -> None:
        self.contents = contents

    def info(self) -> dict[str, str]:
        return {"ID": "this-engine"}

    def leftovers(self, _client: Any, run_id: str) -> Removed:
        return self.contents.get(run_id, Removed(run_id))

    def remove_run(self, _client: Any, run_id: str) -> Removed:
        return self.contents.pop(run_id, Removed(run_id))

    def labelled_runs(self, _client: Any) -> set[str]:
        return set(self.contents)


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """One live run (of this process), one dead one and one of another machine."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    run = Run.start(tmp_path)
    (runs_dir() / "dead.lock").touch()
    (runs_dir() / "away.lock").write_text('{"engine": "another-engine"}')
    yield run
    run.end()


@pytest.fixture
def engine(live: Run, monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    fake = FakeEngine(
        {
            live.id: Removed(live.id, containers=("busy",)),
            "dead": Removed("dead", containers=("web", "db"), volumes=("data",)),
            "alien": Removed("alien", containers=("elsewhere",), networks=("net",)),
        }
    )
    module = "pytest_multidocker.engine.sweep."
    for name in ("leftovers", "remove_run", "labelled_runs"):
        monkeypatch.setattr(module + name, getattr(fake, name))
    monkeypatch.setattr("pytest_multidocker.engine.status.connect", lambda: fake)
    return fake


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    clean.add_parser(parser.add_subparsers())
    return clean.run(parser.parse_args(["clean", *arguments]))


def test_dead_runs_are_removed_and_named(
    live: Run, engine: FakeEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 0
    assert capsys.readouterr().out == (
        "removed container web (run dead)\n"
        "removed container db (run dead)\n"
        "removed volume data (run dead)\n"
    )
    assert set(engine.contents) == {live.id, "alien"}
    assert {path.stem for path in runs_dir().iterdir()} == {live.id, "away"}


def test_what_cannot_be_removed_is_told(
    engine: FakeEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    why = "container web: driver failed to remove root filesystem"
    engine.contents["dead"] = Removed("dead", volumes=("data",), failures=(why,))

    assert run() == 1

    assert capsys.readouterr().out == (
        f"removed volume data (run dead)\ncannot be removed: {why} (run dead)\n"
    )


def test_a_dry_run_removes_nothing(
    live: Run, engine: FakeEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--dry-run", "--all") == 0
    assert capsys.readouterr().out == (
        "would remove container elsewhere (run alien)\n"
        "would remove network net (run alien)\n"
        "would remove container web (run dead)\n"
        "would remove container db (run dead)\n"
        "would remove volume data (run dead)\n"
    )
    assert set(engine.contents) == {live.id, "alien", "dead"}


def test_all_takes_unknown_runs_and_refuses_live_ones(
    live: Run, engine: FakeEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--all") == 1
    lines = capsys.readouterr().out.splitlines()
    assert "removed container elsewhere (run alien)" in lines
    assert lines[-1].startswith(f"left alone: run {live.id} is live (process ")
    assert lines[-1].endswith("; --force ends it")
    assert set(engine.contents) == {live.id}


def test_force_without_all_makes_no_difference(live: Run, engine: FakeEngine) -> None:
    assert run("--force") == 0
    assert live.id in engine.contents


def test_nothing_to_remove_is_said(
    live: Run, engine: FakeEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.contents.clear()
    assert run() == 0
    assert capsys.readouterr().out == "nothing to remove\n"
