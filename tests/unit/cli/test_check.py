from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from pytest_multidocker.cli import main

GOOD = (
    '{"AWSEBDockerrunVersion": 2, "containerDefinitions": [{"name": "web", "memory": 128,'
    ' "image": "example/web:1.0", "portMappings": [{"hostPort": 80, "containerPort": 80}]}]}'
)
UNPINNED = GOOD.replace("web:1.0", "web")
VERSION_1 = json.dumps(
    {"AWSEBDockerrunVersion": "1", "Image": {"Name": "e/w:1"}, "Ports": [{"ContainerPort": 9}]}
)


def write(folder: Path, text: str, name: str = "Dockerrun.aws.json") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_bytes(text.encode())
    return file


def rules(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """The rules of the findings of a JSON report."""
    main(["check", "--format", "json", *arguments])
    return [finding["rule"] for finding in json.loads(capsys.readouterr().out)]


def test_files_are_found_below_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (".", "a/b", "c", "node_modules/x", ".git", ".elasticbeanstalk"):
        write(tmp_path / folder, UNPINNED)
    write(tmp_path, UNPINNED, "other.json")
    write(tmp_path, UNPINNED, "staging.Dockerrun.aws.json")
    monkeypatch.chdir(tmp_path)
    assert main(["check", "--format", "json"]) == 0
    found = [finding["file"] for finding in json.loads(capsys.readouterr().out)]
    assert found == [
        "Dockerrun.aws.json",
        "staging.Dockerrun.aws.json",
        str(Path("a", "b", "Dockerrun.aws.json")),
        str(Path("c", "Dockerrun.aws.json")),
    ]


def test_a_folder_without_a_file_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"error: there is no Dockerrun.aws.json in {tmp_path} or below it\n"
    )


@pytest.mark.parametrize("name", ["dockerrun.aws.json", "Dockerrun.json", "DockerRun.aws.JSON"])
def test_a_file_with_a_name_that_aws_passes_over_is_pointed_at(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "app", GOOD, name)
    assert main(["check", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"error: there is no Dockerrun.aws.json in {tmp_path} or below it, but "
        f"{tmp_path / 'app' / name}: Elastic Beanstalk looks for no other name\n"
    )


def test_an_unreadable_file_does_not_hide_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = write(tmp_path, GOOD.replace("128", "4"))
    assert main(["check", str(tmp_path / "missing.json"), str(good)]) == 2
    captured = capsys.readouterr()
    assert "MD403" in captured.out
    assert captured.err.count("error: ") == 1


def test_standard_input_is_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stdin = SimpleNamespace(buffer=io.BytesIO(GOOD.replace("128", "4").encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert main(["check", "-"]) == 1
    assert capsys.readouterr().out.startswith("<stdin>:1:81 error MD403")


def test_rules_are_selected_and_ignored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(write(tmp_path, UNPINNED.replace("128", "4").replace(": 2", ': "2"')))
    assert rules(capsys, file) == ["MD012", "MD403", "MD604"]
    assert rules(capsys, file, "--select", "MD4,md012") == ["MD012", "MD403"]
    assert rules(capsys, file, "--ignore", "image-not-pinned", "--ignore", "MD0") == ["MD403"]
    assert rules(capsys, file, "--severity", "error") == ["MD403"]


def test_notes_are_shown_only_if_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(write(tmp_path, GOOD.replace('"hostPort": 80', '"hostPort": 8080')))
    assert rules(capsys, file) == []
    assert rules(capsys, file, "--severity", "info") == ["MD306"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--select", "MD999"], "no rule is named MD999 or begins with it."),
        (["--ignore", "unknown-lnk"], "Did you mean 'unknown-link'?"),
        (["--platform", "windows"], "there is no platform windows; known: ecs-al2023"),
        (["--instance-type", "t9.huge"], "the instance type t9.huge is not known"),
        (["--output", "/no/such/folder/report"], "cannot write /no/such/folder/report"),
    ],
)
def test_wrong_values_are_told(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(write(tmp_path, GOOD)), *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("error: ")
    assert message in captured.err


def test_the_platform_and_the_instance_type_are_taken_into_account(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(write(tmp_path, GOOD.replace("128", "1500")))
    assert rules(capsys, file, "--platform", "docker-al2023") == ["MD013"]
    assert rules(capsys, file, "--platform", "ECS running on 64bit Amazon Linux 2") == []
    assert rules(capsys, file, "--platform", "multicontainer") == ["MD014"]
    assert rules(capsys, file, "--instance-type", "t2.micro") == ["MD404"]
    assert rules(capsys, file, "--instance-type", "t3.small") == []


def test_settings_apply_to_the_files_below_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(write(tmp_path / "deploy", UNPINNED.replace("128", "1500")))
    assert rules(capsys, file) == ["MD604"]
    (tmp_path / "pyproject.toml").write_text(
        "[tool.multidocker]\ninstance_type = 't2.micro'\n"
        "[tool.multidocker.check.ignore]\nMD604 = 'the demonstration follows latest'\n"
    )
    assert rules(capsys, file) == ["MD404"]
    assert rules(capsys, file, "--instance-type", "t3.large") == []


def test_settings_that_cannot_be_used_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, GOOD)
    (tmp_path / "pyproject.toml").write_text("[tool.multidocker.check]\nselect = ['MD999']\n")
    assert main(["check", str(file)]) == 2
    assert "no rule is named MD999" in capsys.readouterr().err


def test_fix_writes_the_file_and_keeps_its_formatting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = '\ufeff{\r\n\t"AWSEBDockerrunVersion": "2",' + GOOD.partition(",")[2]
    file = write(tmp_path, wrong)
    assert main(["check", "--fix", str(file)]) == 0
    assert file.read_bytes().decode() == wrong.replace('"2"', "2").removeprefix("\ufeff")
    assert capsys.readouterr().out == "1 file checked: no findings\n"


def test_diff_shows_what_fix_would_do_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, '{\n  "AWSEBDockerrunVersion": "2"\n}\n')
    before = file.read_bytes()
    assert main(["check", "--diff", str(file)]) == 1
    assert file.read_bytes() == before
    assert capsys.readouterr().out.splitlines()[2:] == [
        "@@ -1,3 +1,3 @@",
        " {",
        '-  "AWSEBDockerrunVersion": "2"',
        '+  "AWSEBDockerrunVersion": 2',
        " }",
    ]


def test_fix_and_diff_do_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path, GOOD.replace(": 2", ': "2"'))
    assert main(["check", "--fix", "--diff", str(file)]) == 0
    assert file.read_text() == GOOD
    assert "no findings" in capsys.readouterr().out


@pytest.mark.parametrize("line_end", ["\u2028", "\x85", "\r", "\x0c"])
def test_a_diff_has_the_lines_of_diff_and_patch(
    line_end: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, GOOD.replace(": 2,", f': "2", "_": "a{line_end}b",\n') + "\n")
    main(["check", "--diff", str(file)])
    lines = capsys.readouterr().out.split("\n")
    assert [line[:1] for line in lines[3:]] == ["-", "+", " ", ""]


def test_a_diff_says_where_the_last_line_has_no_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, GOOD.replace(": 2,", ': "2",\r'))
    main(["check", "--diff", str(file)])
    lines = capsys.readouterr().out.split("\n")
    assert [line[:2] for line in lines[3:]] == ["-{", "\\ ", "+{", "\\ ", ""]


def test_a_diff_does_not_stand_before_the_report_of_a_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, GOOD.replace(": 2", ': "2"'))
    assert main(["check", "--fix", "--diff", "--format", "json", str(file)]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out) == []
    assert captured.err.startswith("--- a/")


def test_a_byte_order_mark_is_left_where_the_rule_is_ignored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, "\ufeff" + GOOD)
    assert main(["check", "--fix", "--ignore", "MD005", str(file)]) == 0
    assert file.read_text(encoding="utf-8") == "\ufeff" + GOOD
    capsys.readouterr()
    assert main(["check", "--diff", str(file)]) == 1
    assert capsys.readouterr().out.split("\n")[3].startswith("-\ufeff{")
    assert file.read_text(encoding="utf-8") == "\ufeff" + GOOD


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_fix_leaves_a_file_of_another_encoding(
    mark: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = mark + GOOD.replace(": 2", ': "2", "_": "Grüße"').encode("latin-1")
    file = tmp_path / "Dockerrun.aws.json"
    file.write_bytes(data)
    assert main(["check", "--fix", str(file)]) == 1
    assert file.read_bytes() == data


def test_fix_keeps_the_file_that_links_lead_to(tmp_path: Path) -> None:
    file = write(tmp_path, GOOD.replace(": 2", ': "2"'))
    link, other = tmp_path / "link.json", tmp_path / "other.json"
    link.symlink_to(file)
    os.link(file, other)
    assert main(["check", "--fix", str(link)]) == 0
    assert link.is_symlink()
    assert other.read_text() == file.read_text() == GOOD


def test_what_a_file_holds_gives_no_command_to_a_terminal_or_a_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name = r"a\n::error::x\u001b[31m##[group]\u202e"
    write(tmp_path / "::warning::", GOOD.replace("web", name, 1).replace(": 2", ': "2"'))
    for arguments in (["--format", "text"], ["--format", "github"]):
        assert main(["check", *arguments, "::warning::"]) == 1
        out = capsys.readouterr().out
        assert not set(out) & set("\x1b\u202e")
        lines = out.splitlines()
        assert all(line.startswith(("./", "    ", "1 file", "::error file", "::warning file"))
                   for line in lines), out  # fmt: skip
        assert "##[" not in out
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    text = GOOD.replace("{", "{\n  ::add-mask::x\x1b\n", 1).replace(": 2", ': "2"')
    main(["check", "--diff", str(write(tmp_path, text))])
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert not [line for line in out.splitlines() if line.lstrip().startswith("::")]


def test_the_report_goes_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report.json"
    assert main(["check", "--format", "json", "--output", str(report),
                 str(write(tmp_path, UNPINNED))]) == 0  # fmt: skip
    assert [finding["rule"] for finding in json.loads(report.read_text())] == ["MD604"]
    assert capsys.readouterr().out == ""


def test_versions_1_and_3_are_checked_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rules(capsys, str(write(tmp_path, VERSION_1))) == []
    three = '{"AWSEBDockerrunVersion": "3", "Authentication": {"Bucket": "b", "Key": "k"}}'
    assert rules(capsys, str(write(tmp_path, three)), "--alone") == ["MD021", "MD021"]


def test_an_instance_type_of_unknown_size_is_told_and_the_rest_is_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, VERSION_1)
    assert main(["check", str(file), "--instance-type", "x9z.large"]) == 0
    assert "memory and cores of x9z.large are not known" in capsys.readouterr().err
    assert main(["check", str(file), "--instance-type", "x9z.larg"]) == 2
