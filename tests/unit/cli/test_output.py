"""Standard output of any kind: of another encoding, full, closed, and standard input too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

DOCKERRUN = (
    '{"AWSEBDockerrunVersion": 2, "containerDefinitions": [{"name": "wéb", "memory": 128,'
    ' "image": "a/b:1", "portMappings": [{"hostPort": 80, "containerPort": 80}]}]}'
)
FORMATS = ("text", "json", "sarif", "github", "junit")
ENCODINGS = (
    {"PYTHONIOENCODING": "latin-1"},
    {"PYTHONIOENCODING": "ascii"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
)


def run(
    command: str, folder: Path, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a command line of bash, in which ``check`` is the command itself."""
    return subprocess.run(
        [
            "bash",
            "-c",
            f'check() {{ "{sys.executable}" -m pytest_multidocker check "$@"; }}; {command}',
        ],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Dockerrun.aws.json").write_text(DOCKERRUN, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("environment", ENCODINGS, ids=str)
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_written_in_every_encoding(
    name: str, environment: dict[str, str], folder: Path
) -> None:
    done = run(f"check --format {name}", folder, environment)
    assert (done.returncode, done.stderr) == (1, b"")
    if name in {"json", "sarif"}:
        json.loads(done.stdout)
    elif name == "junit":
        assert "wéb" in "".join(ET.fromstring(done.stdout).itertext())


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_whose_name_is_not_utf_8_is_reported(name: str, folder: Path) -> None:
    odd = os.fsdecode(bytes(folder) + b"/\xff.Dockerrun.aws.json")
    Path(odd).write_text(DOCKERRUN, encoding="utf-8")
    for output in ("", "--output report"):
        done = run(f"check --format {name} {output}", folder)
        assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("check >/dev/full", b"error: cannot write to standard output: No space left on device\n"),
        ("check --output /dev/full", b"error: cannot write /dev/full: No space left on device\n"),
        ("check >&-", b"error: cannot write to standard output: it is closed\n"),
        ("check - <&-", b"error: cannot read standard input: it is closed\n"),
        ("mkfifo x.Dockerrun.aws.json; check . >/dev/null",
         b"error: cannot read x.Dockerrun.aws.json: it is a named pipe, not a file\n"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_or_written_is_told_in_one_line(
    command: str, message: bytes, folder: Path
) -> None:
    done = run(command, folder)
    assert (done.returncode, done.stderr) == (2, message)


def test_standard_input_without_an_end_is_not_waited_for(folder: Path) -> None:
    done = run("check - </dev/zero", folder)
    assert done.returncode == 1
    assert b"was not read" in done.stdout


def test_a_reader_that_has_gone_is_no_error(folder: Path) -> None:
    done = run("check --format sarif | head -c 1; echo ${PIPESTATUS[0]}", folder)
    assert done.stderr == b""
