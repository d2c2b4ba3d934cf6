from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.processes import started

from pytest_multidocker.engine import run as runs
from pytest_multidocker.engine.run import RUN_LABEL, Run, claim, forget, known_runs

_HOLDER = """
import sys
from pathlib import Path
from pytest_multidocker.engine.run import Run
run = Run.start(Path(sys.argv[1]))
print(run.id, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    folder = tmp_path / "multidocker-work"
    folder.mkdir()
    return folder


def test_a_run_labels_what_it_makes_and_leaves_nothing(state: Path, workdir: Path) -> None:
    run = Run.start(workdir)
    assert run.labels == {RUN_LABEL: run.id}
    assert run.lock_path == state / "multidocker" / "runs" / f"{run.id}.lock"
    assert run.lock_path.exists()
    run.end()
    assert not run.lock_path.exists()
    assert not workdir.exists()
    run.end()


def test_a_run_that_is_abandoned_is_known_as_dead(workdir: Path) -> None:
    run = Run.start(workdir)
    run.abandon()

    (known,) = known_runs()

    assert (known.id, known.workdir, known.is_alive()) == (run.id, workdir, False)
    assert workdir.exists()


def test_a_run_without_a_folder_gets_a_private_one() -> None:
    run = Run.start()
    try:
        assert run.workdir.name.startswith("multidocker-")
        assert run.workdir.stat().st_mode & 0o777 == 0o700
    finally:
        run.end()


def test_a_run_is_alive_as_long_as_its_process(workdir: Path) -> None:
    command = [sys.executable, "-c", _HOLDER, str(workdir)]
    with started(command, stdin=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        run_id = holder.stdout.readline().strip()
        (run,) = known_runs()
        assert (run.id, run.pid, run.workdir) == (run_id, holder.pid, workdir)
        assert run.is_alive()
        with claim(run) as claimed:
            assert not claimed
        holder.kill()
        holder.wait()
    assert not run.is_alive()
    with claim(run) as claimed:
        assert claimed
        with claim(run) as twice:
            assert not twice
        forget(run)
    assert known_runs() == []
    assert not workdir.exists()


def test_a_run_is_swept_on_its_own_engine_only(workdir: Path) -> None:
    run = Run.start(workdir)
    (known,) = known_runs()
    assert known.is_on("A")  # it has not come as far as to use one
    run.note_engine("A")
    (known,) = known_runs()
    assert (known.engine, known.workdir) == ("A", workdir)
    assert known.is_on("A")
    assert not known.is_on("B")
    run.end()


def test_a_lock_file_without_content_is_a_dead_run() -> None:
    (runs.runs_dir() / "0123.lock").touch()
    (run,) = known_runs()
    assert (run.id, run.pid, run.workdir, run.is_alive()) == ("0123", 0, None, False)


def test_the_temp_folder_stands_in_for_a_state_folder_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "tmp"))
    assert runs.runs_dir().is_relative_to(tmp_path / "tmp")


def test_only_a_folder_of_ours_is_removed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    runs.remove_workdir(precious)
    assert precious.exists()
    link = tmp_path / "multidocker-link"
    link.symlink_to(precious)
    runs.remove_workdir(link)
    assert link.is_symlink()
    runs.remove_workdir(tmp_path / "multidocker-missing")
