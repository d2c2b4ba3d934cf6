"""Settings: whose they are, and that wrong ones are one clear error wherever they come to light."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.projects import RUNNING, site, write

OWN = "def test_own(ecs_task): pass"
LINK = ("--multidocker", "-k", "links")


def settings(folder: Path, text: str) -> None:
    folder.joinpath("pyproject.toml").write_text(f"[tool.multidocker]\n{text}\n")


@pytest.fixture
def app(pytester: pytest.Pytester) -> Path:
    """A project in a folder below pytest's rootdir."""
    pytester.makeini("[pytest]")
    folder = pytester.mkdir("app")
    write(folder, site())
    return folder


class TestWhoseTheyAre:
    FILE = "--multidocker-file=app/Dockerrun.aws.json"

    @pytest.mark.parametrize("text", ["require_docker = true", 'engine = "docker"'])
    def test_those_beside_the_file_count(
        self, pytester: pytest.Pytester, app: Path, text: str
    ) -> None:
        settings(app, text)

        result = pytester.runpytest(*LINK, self.FILE)

        assert result.ret == pytest.ExitCode.TESTS_FAILED
        result.stdout.fnmatch_lines(["No Docker Engine answers at *"])

    def test_a_pyproject_of_other_tools_hides_none(
        self, pytester: pytest.Pytester, app: Path
    ) -> None:
        settings(pytester.path, "require_docker = true")
        app.joinpath("pyproject.toml").write_text("[project]\nname = 'app'")

        result = pytester.runpytest(*LINK, self.FILE)

        result.stdout.fnmatch_lines(["No Docker Engine answers at *"])

    def test_a_file_that_requires_docker_is_not_simulated_with_the_others(
        self, pytester: pytest.Pytester, app: Path
    ) -> None:
        write(pytester.path, site())
        settings(app, "require_docker = true")

        result = pytester.runpytest(*LINK, "-v")

        result.stdout.fnmatch_lines(
            [
                "Dockerrun.aws.json::links::* PASSED *",
                "app/Dockerrun.aws.json::links::* ERROR *",
                "No Docker Engine answers at *",
            ]
        )

    def test_the_file_may_stand_in_the_working_folder(
        self, pytester: pytest.Pytester, app: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings(app, "require_docker = true")
        monkeypatch.chdir(app)

        result = pytester.runpytest(*LINK, "--collect-only", "-q")

        assert result.outlines[0] == f"app/Dockerrun.aws.json::{RUNNING[0]}"


class TestMissingFile:
    def test_it_is_one_clear_error(self, pytester: pytest.Pytester) -> None:
        result = pytester.runpytest("--multidocker")

        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(
            ["ERROR: There is no Dockerrun file */Dockerrun.aws.json. Name yours with *-file."]
        )

    def test_a_fixture_says_it_too(self, pytester: pytest.Pytester) -> None:
        pytester.makepyfile(OWN)

        result = pytester.runpytest()

        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(["There is no Dockerrun file * Name yours with *"])


WRONG = {
    "image = {}": "*pyproject.toml:2: *image*images*",
    'check.select = ["MD9"]': "*pyproject.toml: *check*: no rule is named MD9 or begins with it.*",
    'check.ignore = { MD999 = "why" }': "*pyproject.toml: *check*: no rule is named MD999 *",
    'ignore = ["MD998"]': "*pyproject.toml: [[]tool.multidocker]: no rule is named MD998 *",
    'instance_type = "t2.mirco"': "*pyproject.toml: [[]tool.multidocker]: *t2.mirco*",
    'check.platform = "ecs-al3"': "*pyproject.toml: *check*: *ecs-al3*",
}


class TestWrongOnes:
    @pytest.mark.parametrize("text", WRONG)
    def test_for_the_promises(self, pytester: pytest.Pytester, text: str) -> None:
        write(pytester.path, site())
        settings(pytester.path, text)

        result = pytester.runpytest("--multidocker")

        self.is_one_clear_error(result, WRONG[text])

    @pytest.mark.parametrize("text", WRONG)
    def test_for_a_fixture(self, pytester: pytest.Pytester, text: str) -> None:
        write(pytester.path, site())
        settings(pytester.path, text)
        pytester.makepyfile(OWN)

        result = pytester.runpytest()

        result.assert_outcomes(errors=1)
        self.is_one_clear_error(result, WRONG[text])

    def test_for_another_file_of_the_run(self, pytester: pytest.Pytester, app: Path) -> None:
        write(pytester.path, site())
        settings(app, "engin = 'docker'")

        result = pytester.runpytest(*LINK)

        self.is_one_clear_error(result, "*app/pyproject.toml:2: *engin*engine*")

    def test_for_a_fixture_in_the_environment(
        self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(pytester.path, site())
        pytester.makepyfile(OWN)
        monkeypatch.setenv("MULTIDOCKER_ENGINE", "podman")

        self.is_one_clear_error(pytester.runpytest(), "MULTIDOCKER_ENGINE: 'podman' is neither *")

    @pytest.mark.parametrize("name", ["REQUIRE_DOCKER", "STRICT", "DEPLOY"])
    def test_a_flag_that_is_neither_yes_nor_no(
        self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        write(pytester.path, site())
        monkeypatch.setenv(f"MULTIDOCKER_{name}", "maybe")

        result = pytester.runpytest("--multidocker", "--multidocker-engine=simulated")

        assert result.ret == pytest.ExitCode.USAGE_ERROR
        self.is_one_clear_error(
            result,
            f"ERROR: MULTIDOCKER_{name}: 'maybe' is neither yes nor no (1, true, yes, on, 0, *).",
        )

    @pytest.mark.parametrize("value", ["soon", "0", "-1", "nan", "inf"])
    def test_a_timeout_that_is_none(self, pytester: pytest.Pytester, value: str) -> None:
        write(pytester.path, site())

        result = pytester.runpytest("--multidocker", f"--multidocker-timeout={value}")

        assert result.ret == pytest.ExitCode.USAGE_ERROR
        self.is_one_clear_error(result, f"*'{value}' is no number of seconds.")

    @staticmethod
    def is_one_clear_error(result: pytest.RunResult, message: str) -> None:
        assert result.ret not in {pytest.ExitCode.OK, pytest.ExitCode.INTERNAL_ERROR}
        lines = [*result.outlines, *result.errlines]
        pytest.LineMatcher(lines).fnmatch_lines([message])
        assert "Traceback" not in "\n".join(lines)
        assert "SettingsError" not in "\n".join(lines)
