from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pytest_multidocker.cli import main

GOOD = (
    '{"AWSEBDockerrunVersion": 2, "containerDefinitions": [{"name": "web", "memory": 128,'
    ' "image": "example/web:1.0", "portMappings": [{"hostPort": 80, "containerPort": 80}]}]}'
)


def test_check_exits_0_on_a_clean_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "Dockerrun.aws.json").write_text(GOOD)
    assert main(["check", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "1 file checked: no findings\n"


def test_check_exits_1_on_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "Dockerrun.aws.json"
    file.write_text(GOOD.replace("128", "4"))
    assert main(["check", str(file)]) == 1
    assert capsys.readouterr().out.startswith(f"{file}:1:81 error MD403 web has 4 MiB of memory;")


def test_check_exits_2_on_a_missing_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "no/such/file"]) == 2
    captured = capsys.readouterr()
    assert captured.err == "error: cannot read no/such/file: No such file or directory\n"
    assert captured.out == ""


def test_explain_shows_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "unknown-link"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# MD201 unknown-link\n")
    assert "Severity: error. Phase: StartTask. Source: https://" in out


def test_explain_proposes_the_nearest_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "unknwon-link"]) == 2
    assert capsys.readouterr().err == (
        "error: there is no rule unknwon-link; did you mean unknown-link?\n"
    )


def test_rules_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    assert "MD201  error    unknown-link" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["check", "--nonsense"]])
def test_wrong_usage_exits_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "usage: multidocker" in capsys.readouterr().err


def test_help_lists_the_verbs_and_imports_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    for verb in ("check", "explain", "rules", "serve", "engine", "clean"):
        assert f"    {verb} " in out


def test_ctrl_c_exits_130(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def interrupted(path: str) -> list[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr("pytest_multidocker.cli.check.find", interrupted)
    assert main(["check"]) == 130


def test_python_m_runs_the_command(tmp_path: Path) -> None:
    (tmp_path / "Dockerrun.aws.json").write_text(GOOD)
    done = subprocess.run(
        [sys.executable, "-m", "pytest_multidocker", "check", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "1 file checked: no findings\n", "")


def test_check_imports_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "Dockerrun.aws.json").write_text(GOOD)
    script = (
        "import sys; from pytest_multidocker.cli import main; main(sys.argv[1:]);"
        "heavy = {'docker', 'boto3', 'botocore', 'moto', 'testcontainers', 'pytest', 'jsonschema',"
        " 'yaml', 'crossplane', 'requests', 'flask'};"
        "print(sorted(heavy & {name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "check", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"
