"""Reading a pipeline from a GitHub workflow."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pytest_multidocker.ci.pipeline import Pipeline
from pytest_multidocker.ci.workflow import expand, read_workflow
from pytest_multidocker.errors import PipelineError

WORKFLOW = """\
on: {push: {branches: [main]}}
env: {TAG: "1.0"}
jobs:
  deploy:
    needs: test
    steps:
      - uses: docker/login-action@v3
        with: {username: "${{ secrets.DOCKER_ID }}", password: "${{ secrets.DOCKER_PASSWORD }}"}
      - uses: docker/build-push-action@v6
        with: {context: ./app, file: app/Dockerfile, push: true, tags: "me/app:${{ env.TAG }}"}
      - uses: einaregilsson/beanstalk-deploy@v22
      - run: echo after
  test:
    steps:
      - uses: actions/checkout@v4
      - uses: someone/else@v1
      - run: |
          echo "GREETING=hello" >> "$GITHUB_ENV"
        working-directory: app
      - run: false; echo never
        env: {WHO: "it's me"}
"""


LOGIN = (
    'printf %s "${{ secrets.DOCKER_PASSWORD }}" | '
    'docker login --username "${{ secrets.DOCKER_ID }}" --password-stdin'
)


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    file = tmp_path / "ci.yml"
    file.write_text(WORKFLOW)
    found = read_workflow(file)
    assert found is not None
    return found


def test_jobs_come_in_the_order_of_their_needs(pipeline: Pipeline) -> None:
    assert [phase.name for phase in pipeline.before] == ["test", "deploy"]
    assert [str(command) for command in pipeline.before[1].commands] == [
        LOGIN,
        'docker build --tag "me/app:${{ env.TAG }}" --file "app/Dockerfile" "./app"',
        'docker push "me/app:${{ env.TAG }}"',
    ]


def test_the_deploy_its_branch_and_the_secrets_are_read(pipeline: Pipeline) -> None:
    assert pipeline.deploys
    assert pipeline.branch == "main"
    assert pipeline.environment == {"TAG": "1.0"}
    assert pipeline.secrets == ("DOCKER_ID", "DOCKER_PASSWORD")
    assert pipeline.skipped == ("the action someone/else (line 16)",)


def test_a_condition_of_the_step_names_the_branch(tmp_path: Path) -> None:
    file = tmp_path / "ci.yml"
    deploy = "uses: einaregilsson/beanstalk-deploy@v22"
    condition = "if: github.ref == 'refs/heads/production'"
    file.write_text(WORKFLOW.replace(deploy, f"{deploy}\n        {condition}"))

    found = read_workflow(file)

    assert found is not None
    assert found.branch == "production"


def test_each_step_has_a_shell_that_ends_at_the_first_error(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    (tmp_path / "app").mkdir()
    first, second = pipeline.before[0].commands
    environment = {"GITHUB_ENV": str(tmp_path / "env"), "PATH": "/usr/bin:/bin"}

    def run(text: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            text,
            shell=True,
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    assert run(first.text).returncode == 0
    ended = run(second.text)
    assert (ended.returncode, ended.stdout) == (1, "")
    seen = run(second.text.replace("false; echo never", 'echo "$GREETING from $WHO"'))
    assert seen.stdout == "hello from it's me\n"


def test_expressions_have_the_values_of_secrets_variables_and_the_commit() -> None:
    known = {"TOKEN": "t", "GITHUB_SHA": "abc"}

    assert expand("a ${{ secrets.TOKEN }} ${{github.sha}} $HOME", known, "x") == "a t abc $HOME"
    with pytest.raises(PipelineError, match=r"line 3: \$\{\{ hashFiles\('x'\) \}\} cannot"):
        expand("${{ hashFiles('x') }}", known, "line 3")


def test_jobs_that_wait_for_each_other_are_named(tmp_path: Path) -> None:
    file = tmp_path / "ci.yml"
    file.write_text("jobs: {a: {needs: b}, b: {needs: [a]}}\n")

    with pytest.raises(PipelineError, match="wait for each other"):
        read_workflow(file)


@pytest.mark.parametrize("text", ["a: [", "", "on: push", "jobs: 3"])
def test_what_has_no_jobs_is_no_pipeline(tmp_path: Path, text: str) -> None:
    (tmp_path / "ci.yml").write_text(text)

    assert read_workflow(tmp_path / "ci.yml") is None
