"""Finding the CI file that is run."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.projects import write_workflow

from pytest_multidocker.ci.find import find_pipeline
from pytest_multidocker.errors import PipelineError

LINT = "on: push\njobs: {lint: {steps: [{run: ls}]}}\n"
DEPLOY = "on: push\njobs: {d: {steps: [{uses: einaregilsson/beanstalk-deploy@v22}]}}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    return tmp_path


def write(project: Path, **texts: str) -> None:
    for name, text in texts.items():
        write_workflow(project, text, f"{name}.yml")


def test_the_one_that_deploys_is_run_and_the_others_are_named(project: Path) -> None:
    (project / ".travis.yml").write_text("script: ls\n")
    write(project, a=LINT, b=DEPLOY)

    found, others = find_pipeline(project, None, "")

    assert found.file.name == "b.yml"
    assert [file.name for file in others] == [".travis.yml", "a.yml"]


def test_the_first_is_run_where_none_deploys_and_the_one_that_is_named_before_all(
    project: Path,
) -> None:
    write(project, a=LINT, b=LINT, c=DEPLOY.replace("einar", "other"))
    named = project / "other.travis.yml"
    named.write_text("deploy: {provider: elasticbeanstalk, on: {branch: x}}\n")

    assert find_pipeline(project, None, "")[0].file.name == "a.yml"
    found, others = find_pipeline(project, named, "")
    assert (found.file, found.branch, others) == (named, "x", [])


def test_what_is_wrong_is_said_with_its_place(project: Path) -> None:
    with pytest.raises(PipelineError, match="There is no pipeline in"):
        find_pipeline(project, None, "")
    with pytest.raises(PipelineError, match=r"missing\.yml: No such file"):
        find_pipeline(project, project / "missing.yml", "")
    write(project, a="on: push\njobs:\n\t- x\n", b="on: push\n")
    with pytest.raises(PipelineError) as told:
        find_pipeline(project, None, "")
    first, second = str(told.value).splitlines()
    assert first.endswith("a.yml:3:1: found character '\\t' that cannot start any token")
    assert second.endswith("b.yml: it has no jobs")
