"""What is collected, from where, and that nothing is started by it."""

from __future__ import annotations

import pytest
from support.projects import RUNNING, site, write


def collected(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if "::" in line]


def test_without_the_option_nothing_is_collected(pytester: pytest.Pytester) -> None:
    write(pytester.path, site())

    result = pytester.runpytest("--collect-only", "-q")

    assert collected(result) == []


def test_every_promise_has_its_name(pytester: pytest.Pytester) -> None:
    write(pytester.path, site())

    result = pytester.runpytest("--multidocker", "--collect-only", "-q")

    names = [line.removeprefix("Dockerrun.aws.json::") for line in collected(result)]
    contract = [name for name in names if name.startswith("contract::")]
    assert names == [*contract, *RUNNING]
    assert "contract::MD201-unknown-link" in contract
    assert "contract::MD301-duplicate-host-port" in contract


def test_the_file_is_collected_beside_testpaths_and_before_them(pytester: pytest.Pytester) -> None:
    write(pytester.path, site())
    pytester.makeini("[pytest]\ntestpaths = tests")
    pytester.mkdir("tests").joinpath("test_own.py").write_text("def test_own(): pass")

    result = pytester.runpytest("--multidocker", "--collect-only", "-q")

    lines = collected(result)
    assert lines[0].startswith("Dockerrun.aws.json::contract::")
    assert lines[-1] == "tests/test_own.py::test_own"


OWN = "def test_own(): pass"


@pytest.mark.parametrize("named", ["test_own.py", "tests", "tests/test_more.py"])
def test_named_files_are_run_after_the_promises(pytester: pytest.Pytester, named: str) -> None:
    write(pytester.path, site())
    pytester.makepyfile(test_own=OWN)
    pytester.mkdir("tests").joinpath("test_more.py").write_text(OWN)

    result = pytester.runpytest("--multidocker", named, "--collect-only", "-q")

    lines = collected(result)
    assert lines[-len(RUNNING) - 1 : -1] == [f"Dockerrun.aws.json::{name}" for name in RUNNING]
    assert lines[-1].startswith(named)


@pytest.mark.parametrize(
    ("arguments", "addopts"),
    [
        (["--multidocker", "test_own.py::test_own"], ""),
        (["test_own.py"], "--multidocker"),
    ],
)
def test_single_tests_and_what_is_named_beside_addopts_are_all_that_is_run(
    pytester: pytest.Pytester, arguments: list[str], addopts: str
) -> None:
    write(pytester.path, site())
    pytester.makeini(f"[pytest]\naddopts = {addopts}")
    pytester.makepyfile(test_own=OWN)

    result = pytester.runpytest("--collect-only", *arguments)

    assert "collected 1 item" in result.stdout.str()
    result.stdout.fnmatch_lines(
        ["multidocker: * file: Dockerrun.aws.json, and its promises are not chosen"]
    )


def test_a_folder_that_is_named_beside_addopts_has_its_promises(pytester: pytest.Pytester) -> None:
    write(pytester.path, site())
    pytester.makeini("[pytest]\naddopts = --multidocker")

    result = pytester.runpytest("--collect-only", "-q", ".", "-k", "links")

    assert collected(result) == [f"Dockerrun.aws.json::{RUNNING[0]}"]


def test_another_dockerrun_file_can_be_named(pytester: pytest.Pytester) -> None:
    write(pytester.path, site())
    write(pytester.mkdir("other"), site())

    def names(*args: str) -> list[str]:
        result = pytester.runpytest("--multidocker", "--collect-only", "-q", "-k", "links", *args)
        return collected(result)

    other, main = f"other/Dockerrun.aws.json::{RUNNING[0]}", f"Dockerrun.aws.json::{RUNNING[0]}"
    assert names("other/Dockerrun.aws.json") == [other]
    assert names("other") == [main, other]
    assert names() == [main, other]
    assert names("other/Dockerrun.aws.json", "Dockerrun.aws.json") == [other, main]


@pytest.mark.parametrize("folder", ["build", ".hidden", "ignored"])
@pytest.mark.parametrize("named", ["option", "pyproject"])
def test_the_file_is_collected_from_folders_that_pytest_passes_over(
    pytester: pytest.Pytester, folder: str, named: str
) -> None:
    place = pytester.mkdir(folder)
    write(place, site())
    place.joinpath("test_passed_over.py").write_text(OWN)
    pytester.makepyfile(test_own=OWN)
    file = f"{folder}/Dockerrun.aws.json"
    if named == "pyproject":
        pytester.makepyprojecttoml(f'[tool.multidocker]\nfile = "{file}"')
    option = [f"--multidocker-file={file}"] if named == "option" else []

    result = pytester.runpytest(
        "--multidocker",
        "--collect-only",
        "-q",
        "--ignore=ignored",
        *option,
        "-k",
        "backend or test_own",
    )

    assert collected(result) == [f"{file}::{RUNNING[0]}", "test_own.py::test_own"]


@pytest.mark.parametrize("name", ["prod.dockerrun", "prod", "prod.json"])
@pytest.mark.parametrize("arguments", [[], ["NAME"], ["NAME::links"], ["."]])
def test_the_file_may_have_any_name(
    pytester: pytest.Pytester, name: str, arguments: list[str]
) -> None:
    write(pytester.path, site()).rename(pytester.path / name)
    arguments = [argument.replace("NAME", name) for argument in arguments]

    result = pytester.runpytest(
        "--multidocker",
        "-q",
        "--collect-only",
        f"--multidocker-file={name}",
        "-k",
        "links",
        *arguments,
    )

    assert collected(result) == [f"{name}::{RUNNING[0]}"]


def test_the_project_may_be_reached_through_a_link(pytester: pytest.Pytester) -> None:
    real = pytester.mkdir("real")
    write(real, site())
    pytester.path.joinpath("link").symlink_to(real)
    pytester.chdir()

    result = pytester.runpytest("--multidocker", "-q", "--collect-only", "--rootdir=link", "link")

    assert collected(result)[-1] == f"Dockerrun.aws.json::{RUNNING[-1]}"
    assert len(set(collected(result))) == len(collected(result))


def test_one_promise_can_be_chosen_by_its_id(pytester: pytest.Pytester) -> None:
    write(pytester.path, site())

    result = pytester.runpytest(
        "--multidocker", "-q", "--collect-only", "Dockerrun.aws.json::isolation::api-/->job"
    )

    assert collected(result) == ["Dockerrun.aws.json::isolation::api-/->job"]


def test_keywords_and_the_marker_choose(pytester: pytest.Pytester) -> None:
    write(pytester.path, site())
    pytester.makepyfile("def test_own(): pass")

    by_keyword = pytester.runpytest("--multidocker", "--collect-only", "-q", "-k", "memory and api")
    by_marker = pytester.runpytest("--multidocker", "--collect-only", "-q", "-m", "not multidocker")

    assert [line.partition("::")[2] for line in collected(by_keyword)] == [
        "memory::api<=16MiB",
        "memory::api-out-of-memory",
    ]
    assert [line.partition("::")[2] for line in collected(by_marker)] == ["test_own"]


@pytest.mark.parametrize("option", ["--setup-plan", "--collect-only", "--fixtures", "--help"])
def test_nothing_is_started_by(pytester: pytest.Pytester, option: str) -> None:
    write(pytester.path, site())
    pytester.makepyfile("def test_own(ecs_task, rds, aws): pass")

    result = pytester.runpytest("--multidocker", option)

    assert result.ret == pytest.ExitCode.OK
    result.stdout.no_fnmatch_line("*No Docker Engine*")


def test_a_file_of_another_name_is_found_by_option_environment_ini_and_pyproject(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("option", "environment", "ini", "pyproject"):
        folder = pytester.mkdir(name)
        write(folder, site())
    pytester.makepyprojecttoml(
        """
        [tool.multidocker]
        file = "pyproject/Dockerrun.aws.json"
        """
    )

    def header(*args: str) -> str:
        result = pytester.runpytest("--multidocker", "--collect-only", *args)
        return next(line for line in result.outlines if line.startswith("multidocker: "))

    assert "file: pyproject/Dockerrun.aws.json (from pyproject)" in header()
    ini = ("-o", "multidocker_file=ini/Dockerrun.aws.json")
    assert "file: ini/Dockerrun.aws.json (from ini multidocker_file)" in header(*ini)
    monkeypatch.setenv("MULTIDOCKER_FILE", "environment/Dockerrun.aws.json")
    assert "(from MULTIDOCKER_FILE)" in header(*ini)
    option = "--multidocker-file=option/Dockerrun.aws.json"
    assert "file: option/Dockerrun.aws.json (from --multidocker-file)" in header(option, *ini)


def test_the_plugin_can_be_switched_off(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_own(): pass")

    result = pytester.runpytest_subprocess("-p", "no:multidocker")

    result.assert_outcomes(passed=1)
