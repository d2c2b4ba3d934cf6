from __future__ import annotations

import fcntl
import json
import subprocess
from pathlib import Path

import pytest

from pytest_multidocker.aws.process import EmulatorHandle
from pytest_multidocker.errors import EmulatorError
from pytest_multidocker.stack.sharing import _locked, await_end


def test_a_lock_that_another_process_keeps_is_not_waited_for_without_end(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with path.open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with (
            pytest.raises(EmulatorError, match=r"^Another process of this run holds .*/lock for"),
            _locked(path, timeout=0.1),
        ):
            raise AssertionError
    with _locked(path, timeout=0.1):
        pass
    with _locked(path, timeout=0.1):  # it has been let go of
        pass


def test_no_emulator_needs_no_waiting_for(tmp_path: Path) -> None:
    await_end(tmp_path, timeout=0)


def test_an_emulator_that_has_ended_in_order_has_left_nothing(tmp_path: Path) -> None:
    with subprocess.Popen(["true"]) as ended:
        pass
    handle = EmulatorHandle("http://127.0.0.1:9", "0" * 12, ended.pid, str(tmp_path / "gone"))
    (tmp_path / "emulator.json").write_text(json.dumps(handle.as_dict()))
    await_end(tmp_path, timeout=0)
    assert [path.name for path in tmp_path.iterdir()] == ["emulator.json"]
