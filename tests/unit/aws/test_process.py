from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from pytest_multidocker.aws import process
from pytest_multidocker.aws.process import EmulatorHandle, EmulatorProcess, attach_emulator
from pytest_multidocker.errors import EmulatorError


@pytest.fixture
def handle(tmp_path: Path) -> EmulatorHandle:
    return EmulatorHandle("http://127.0.0.1:1", "0123456789ab", 1, str(tmp_path))


def test_a_handle_survives_json(handle: EmulatorHandle) -> None:
    assert EmulatorHandle(**json.loads(json.dumps(handle.as_dict()))) == handle


def test_an_emulator_that_is_gone_cannot_be_shared(handle: EmulatorHandle, tmp_path: Path) -> None:
    with pytest.raises(EmulatorError, match=r"the emulator at http://127\.0\.0\.1:1 is gone"):
        attach_emulator(handle)
    os.mkfifo(tmp_path / "lifeline")  # nobody reads it
    with pytest.raises(EmulatorError, match="is gone"):
        attach_emulator(handle)


def test_releasing_closes_the_lifeline_once(handle: EmulatorHandle) -> None:
    reader, writer = os.pipe()
    emulator = EmulatorProcess(handle, writer)
    emulator.release()
    assert os.read(reader, 1) == b""
    emulator.release()
    emulator.stop()
    os.close(reader)


def test_the_log_s_end_is_given(handle: EmulatorHandle, tmp_path: Path) -> None:
    emulator = EmulatorProcess(handle, -1)
    assert emulator.log_tail() == ""
    (tmp_path / "emulator.log").write_text("one\ntwo\nthree\n")
    assert emulator.log_tail(2) == "two\nthree"


def test_the_child_finds_this_package_after_all_else(monkeypatch: pytest.MonkeyPatch) -> None:
    root = str(Path(process.__file__).resolve().parents[2])
    monkeypatch.setenv("PYTHONPATH", f"sub{os.pathsep}/abs")
    path = process._environment()["PYTHONPATH"].split(os.pathsep)
    assert path[:2] == [str(Path("sub").absolute()), "/abs"]
    assert path[2:] in ([root], [])


def test_a_line_is_awaited_until_the_timeout() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"half")
    assert process._read_line(reader, 0.01) == b"half"
    os.write(writer, b"a line\n")
    assert process._read_line(reader, 5) == b"a line\n"
    os.close(writer)
    assert process._read_line(reader, 5) == b""
    os.close(reader)
