"""Whatever a file holds: no traceback, and an exit status of 0, 1 or 2.

The normal run tries 500 examples of each property, ``-m fuzz`` 10 000.
"""

from __future__ import annotations

import io
import json
import random
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_multidocker.cli import main
from pytest_multidocker.dockerrun import Document
from pytest_multidocker.dockerrun._shapes import SHAPES
from pytest_multidocker.report import REPORTERS, reporter
from pytest_multidocker.rules import Options, check, instance, platform, registration_findings
from pytest_multidocker.rules.fixes import fix

EXAMPLES = Path(__file__).parents[3] / "fixtures" / "dockerrun"
SEEDS = sorted(
    file.read_bytes()
    for file in EXAMPLES.rglob("*.json")
    if not file.name.endswith((".expected.json", ".options.json")) and file.stat().st_size < 5000
)
OPTIONS = Options(platform("docker-al2023"), instance("t2.micro"))

KEYS = sorted(
    {key for shape in SHAPES.values() for key in shape.get("members", ())}
    | {"AWSEBDockerrunVersion", "Image", "Ports", "Volumes", "Authentication", "link", "build"}
)
TEXTS = st.text(max_size=8) | st.sampled_from(
    ["web", "db", "a:b:c", "${X}", "/var/app/current", "awseb-logs-web", "2", "80", "true", "tcp"]
)
SCALARS = st.none() | st.booleans() | st.integers(-10, 70_000) | st.integers() | st.floats() | TEXTS
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | TEXTS, inner, max_size=6)
    ),
    max_leaves=25,
)
CONTAINER = st.dictionaries(st.sampled_from(KEYS) | TEXTS, JSON, max_size=8)
DOCKERRUN = st.fixed_dictionaries(
    {"AWSEBDockerrunVersion": st.sampled_from([1, 2, 3, "1", "2", "3"]) | SCALARS},
    optional={
        "containerDefinitions": st.lists(CONTAINER, max_size=4) | JSON,
        "volumes": st.lists(CONTAINER, max_size=2) | JSON,
        "Image": JSON,
        "Ports": JSON,
        "Volumes": JSON,
        "authentication": JSON,
        "Authentication": JSON,
    },
)
PIECES = st.sampled_from(
    [
        *(bytes([character]) for character in b"{}[],:\"'\\#/\r\n\t\x00\xff"),
        *(b"//", b"/*", b"*/", b"\\ud800", b"NaN", b"1e999", b"null", b"<<<<<<<", b"9" * 30),
        *("\ufeff".encode(), "“".encode(), "\xa0".encode(), "😀".encode()),
    ]
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A valid or invalid example with some bytes cut out, doubled or put in."""
    data = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 30)))
        middle = draw(st.sampled_from([b"", data[start:end] * 2]) | PIECES)
        data = data[:start] + middle + data[end:]
    return data


def check_all(data: bytes) -> None:
    """Everything that the command does to a file's content."""
    document = Document.from_bytes(data, path="Dockerrun.aws.json")
    findings = check(document, options=OPTIONS)
    lines = document.text.count("\n") + document.text.count("\r") + 1
    for finding in findings:
        assert 1 <= finding.span.line <= finding.span.end_line <= lines
        assert finding.span[:2] <= finding.span[2:]
        document.region(finding.span)
    for name in REPORTERS:
        reporter(name)(findings[:5], [document.path]).encode("utf-8", "surrogatepass")
    if document.is_exact:
        check_fix(document)


def check_fix(document: Document) -> None:
    """Putting right adds no error, and leaves nothing for a second time."""
    fixed = fix(document, check)
    again = Document.from_bytes(fixed.text.encode())
    assert fix(again, check) == (fixed.text, 0)
    if fixed.edits:
        assert len(errors(again.text)) <= len(errors(document.text)), document.text


def errors(text: str) -> list[str]:
    findings = check(Document(text, most_issues=1_000_000))
    return [finding.message for finding in findings if finding.severity == "error"]


def run(data: bytes, folder: Path) -> int:
    """Run the command itself, with its output thrown away."""
    file = folder / "Dockerrun.aws.json"
    file.write_bytes(data)
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        return main(["check", str(file), "--severity", "info"])


def properties(examples: int) -> settings:
    return settings(
        max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )


@properties(500)
@given(data=mutated())
def test_mutated_examples_are_only_found_fault_with(data: bytes) -> None:
    check_all(data)


@properties(500)
@given(value=DOCKERRUN | JSON)
def test_any_json_is_only_found_fault_with(value: Any) -> None:
    check_all(json.dumps(value).encode("utf-8", "surrogatepass"))
    registration_findings(Document.from_value(value))


@properties(500)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_only_found_fault_with(data: bytes) -> None:
    check_all(data)


@properties(100)
@given(data=mutated() | st.binary(max_size=100))
def test_the_command_exits_0_1_or_2(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert run(data, tmp_path_factory.mktemp("fuzz")) in {0, 1, 2}


FOLDERS = [
    folder for folder in sorted((EXAMPLES / "invalid").iterdir()) if folder.name.startswith("MD7")
    and folder.is_dir()
]  # fmt: skip
NAMES = [
    "nginx/default.conf", "nginx/Dockerfile", "web/Dockerfile", ".travis.yml", "docker-compose.yml",
    ".github/workflows/a.yml", ".ebextensions/a.config", "pyproject.toml", "Dockerrun.aws.json",
]  # fmt: skip


@st.composite
def project(draw: st.DrawFn) -> dict[str, bytes]:
    """The files of a project example, some of them with bytes cut out, doubled or put in."""
    folder = draw(st.sampled_from(FOLDERS))
    files = {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=3)):
        data = files.get(name, b"")
        place = draw(st.integers(0, len(data)))
        piece = draw(PIECES | st.binary(max_size=20) | st.just(data[place : place + 40]))
        cut = draw(st.integers(0, 10))
        files[name] = data[:place] + piece + data[place + cut :]
    return files


def check_project(files: dict[str, bytes], folder: Path) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    document = Document.from_bytes(files["Dockerrun.aws.json"], path=str(folder / "D"))
    for finding in check(document, project=folder):
        assert finding.span[:2] <= finding.span[2:]
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        assert main(["check", str(folder / "Dockerrun.aws.json")]) in {0, 1, 2}


@properties(150)
@given(files=project())
def test_any_project_is_only_found_fault_with(
    files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    check_project(files, tmp_path_factory.mktemp("project"))


@pytest.mark.fuzz
@properties(10_000)
@given(files=project())
def test_any_project_long(
    files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    check_project(files, tmp_path_factory.mktemp("project"))


@pytest.mark.parametrize("name", ["a" * 5000, "../" * 50, "x\0y", "nginx/..", "", "*" * 300])
def test_names_that_are_no_paths(name: str, tmp_path: Path) -> None:
    volume = {"name": "v", "host": {"sourcePath": f"/var/app/current/{name}"}}
    mount = {"sourceVolume": "v", "containerPath": "/etc/nginx/conf.d"}
    container = {"name": name, "image": "a/b:1", "memory": 64, "mountPoints": [mount]}
    value = {"AWSEBDockerrunVersion": 2, "volumes": [volume], "containerDefinitions": [container]}
    check_project({"Dockerrun.aws.json": json.dumps(value).encode()}, tmp_path)


@pytest.mark.fuzz
@properties(10_000)
@given(data=mutated())
def test_mutated_examples_long(data: bytes) -> None:
    check_all(data)


@pytest.mark.fuzz
@properties(10_000)
@given(value=DOCKERRUN | JSON)
def test_any_json_long(value: Any) -> None:
    check_all(json.dumps(value).encode("utf-8", "surrogatepass"))
    registration_findings(Document.from_value(value))


@pytest.mark.fuzz
@properties(10_000)
@given(data=st.binary(max_size=300))
def test_any_bytes_long(data: bytes) -> None:
    check_all(data)


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"AWSEBDockerrunVersion": 2, "containerDefinitions": ' + b"[" * 5000,
        b'{"AWSEBDockerrunVersion": ' + b"9" * 100_000 + b"}",
        b'{"AWSEBDockerrunVersion": NaN}',
        b'{"AWSEBDockerrunVersion": 2, "AWSEBDockerrunVersion": 2}',
        b'{"AWSEBDockerrunVersion": "\\ud800"}',
        b'{"\\udfff": "\\udfff"}',
        b"\xff\xfe{\x00}\x00",
        b"\x1f\x8b\x08\x00",
        b"0" * (9 * 1024 * 1024),
        bytes(random.Random(1).randbytes(20_000)),
        b'{"containerDefinitions": [{"links": ["' + b"a" * 100_000 + b'"]}]}',
    ],
    ids=lambda data: data[:24].decode("latin-1"),
)
def test_extremes_have_a_clear_finding(
    data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "Dockerrun.aws.json"
    file.write_bytes(data)
    assert main(["check", str(file)]) == 1
    out = capsys.readouterr().out
    assert " error MD0" in out
    assert max(map(len, out.splitlines())) < 1200
