"""Reading a pipeline from a GitHub workflow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_multidocker.ci.pipeline import Deploy, Pipeline
from pytest_multidocker.ci.workflow import read_workflow
from pytest_multidocker.errors import PipelineError

Read = Callable[..., Pipeline]

WORKFLOW = """\
on: {push: {branches: [main]}}
env: {TAG: "1.0"}
jobs:
  deploy:
    needs: test
    if: success() || failure()
    steps:
      - uses: docker/login-action@v3
        with: {username: "${{ secrets.DOCKER_ID }}", password: "${{ secrets.DOCKER_PASSWORD }}"}
      - uses: docker/build-push-action@v6
        with: {context: ./app, file: app/Dockerfile, push: true, tags: "me/app:${{ env.TAG }}"}
      - uses: einaregilsson/beanstalk-deploy@v22
        with: {deployment_package: deploy.zip, version_label: "${{ github.sha }}"}
      - run: echo after
        if: always()
        continue-on-error: true
  test:
    steps:
      - uses: actions/checkout@v4
      - uses: someone/else@v1
        id: other
      - run: |
          echo secrets.yml
        working-directory: app
        shell: bash
      - run: ls
        env: {WHO: "it's me"}
"""


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def of(text: str, *branches: str) -> Pipeline:
        file = tmp_path / "ci.yml"
        file.write_text(text)
        found = read_workflow(file, *branches)
        assert found is not None
        return found

    return of


def notes(pipeline: Pipeline) -> list[str]:
    return [note.removeprefix(f"{pipeline.file}:") for note in pipeline.notes]


def test_jobs_come_in_the_order_of_their_needs_with_all_their_steps(read: Read) -> None:
    test, deploy = read(WORKFLOW).jobs

    assert (test.name, test.needs, test.condition) == ("test", (), "success()")
    assert (deploy.name, deploy.needs) == ("deploy", ("test",))
    assert deploy.condition == "success() || failure()"
    login, build, deployed, after = deploy.steps
    assert login.script == (
        'printf %s "$INPUT_PASSWORD" | docker login --username "$INPUT_USERNAME" --password-stdin'
    )
    assert login.variables["INPUT_PASSWORD"] == "${{ secrets.DOCKER_PASSWORD }}"
    assert build.script.splitlines() == [
        'docker build --tag "me/app:${{ env.TAG }}" --file "app/Dockerfile" "./app"',
        'docker push "me/app:${{ env.TAG }}"',
    ]
    assert deployed.deploy == Deploy("deploy.zip")
    assert (after.script, after.condition, after.continue_on_error) == (
        "echo after",
        "always()",
        "true",
    )


def test_a_step_has_its_shell_its_folder_and_its_variables(read: Read) -> None:
    other, first, second = read(WORKFLOW).jobs[0].steps

    assert other.left_out == "the action someone/else is not done here"
    assert first.shell == ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")
    assert first.folder == "app"
    assert second.shell == ("bash", "-e", "-c")
    assert second.variables == {"WHO": "it's me"}


def test_defaults_hold_for_steps_that_say_nothing_of_their_own(read: Read) -> None:
    found = read(
        "defaults: {run: {shell: sh}}\n"
        "jobs:\n  a:\n    defaults: {run: {working-directory: sub}}\n"
        "    steps: [{run: ls}, {run: ls, shell: pwsh, working-directory: .}]\n"
    )
    first, second = found.jobs[0].steps

    assert (first.shell, first.folder) == (("sh", "-e", "-c"), "sub")
    assert (second.left_out, second.folder) == ("the shell pwsh is not run here", ".")


def test_the_secrets_are_those_of_the_expressions(read: Read) -> None:
    found = read(WORKFLOW)

    assert found.secrets == ("DOCKER_ID", "DOCKER_PASSWORD")
    assert {"DOCKER_ID", "DOCKER_PASSWORD", "GITHUB_TOKEN"} < {*found.hidden}
    conditions = "jobs: {a: {if: \"secrets['X'] != ''\", steps: [{run: '${{ vars.Y }}'}]}}"
    assert (read(conditions).secrets, read(conditions).settings) == (("X",), ("Y",))
    token = "jobs: {a: {steps: [{run: 'echo ${{ secrets.GITHUB_TOKEN }}'}]}}"
    assert read(token).secrets == ()


def test_passwords_and_keys_in_the_file_are_hidden(read: Read) -> None:
    text = WORKFLOW.replace("deployment_package:", "aws_secret_key: s3cr3t, deployment_package:")
    found = read(text.replace("echo after", "docker login -u me --password=pass-1"))

    assert found.passwords == ("pass-1", "s3cr3t")


def test_the_push_is_to_the_branch_that_the_deploy_is_confined_to(read: Read) -> None:
    deploy = "uses: einaregilsson/beanstalk-deploy@v22"
    condition = "if: github.ref == 'refs/heads/production'"
    text = WORKFLOW.replace(deploy, f"{deploy}\n        {condition}").replace("[main]", "['*']")

    found = read(text, "", "feature")

    assert found.branch == "production"
    assert found.environment["GITHUB_REF"] == "refs/heads/production"
    assert read(WORKFLOW, "", "feature").branch == "main"
    assert read(WORKFLOW.replace("[main]", "['*']"), "", "feature").branch == "feature"


def test_a_push_that_starts_nothing_says_so(read: Read) -> None:
    found = read(WORKFLOW, "feature")

    assert found.not_started == f"a push to 'feature' does not start it ({found.file}:1, on)"


def test_what_is_not_done_here_is_said_with_its_place(read: Read) -> None:
    found = read(
        "on: [workflow_dispatch]\njobs:\n  a:\n    services: {db: {image: x}}\n"
        "    strategy: {matrix: {python: ['3.8', '3.9'], exclude: []}}\n    steps: [{run: ls}]\n"
        "  b: {uses: ./other.yml}\n"
    )

    assert found.event == "workflow_dispatch"
    assert notes(found) == [
        "1: no push starts it; run as for workflow_dispatch on 'main'",
        "4: services of job a: not started here",
        "5: the matrix of job a: it is run once, with python=3.8",
    ]
    assert found.jobs[0].matrix == {"python": "3.8"}
    assert found.jobs[1].left_out == "the workflow ./other.yml is not run here"


def test_a_matrix_of_objects_is_run_with_the_first_that_is_left(read: Read) -> None:
    found = read(
        "jobs:\n  a:\n    strategy:\n      matrix:\n        svc: [{name: db}, {name: web}]\n"
        "        exclude: [{svc: {name: db}}]\n        include: [{push: true}]\n"
    )

    assert found.jobs[0].matrix == {"svc": {"name": "web"}, "push": True}
    assert notes(found) == [
        "5: the matrix of job a: it is run once, with svc={name: web}, push=true"
    ]


def test_secrets_behind_braces_in_quotes_are_found(read: Read) -> None:
    script = "echo ${{ fromJSON('{\"a\":{}}').a || secrets.X }}"

    assert read(f"jobs:\n  a:\n    steps:\n    - run: {script}\n").secrets == ("X",)


@pytest.mark.parametrize(
    ("jobs", "why"),
    [
        ("{a: {needs: b}, b: {needs: [a]}}", "ci.yml:1: the jobs .* wait for each other"),
        ("{a: {needs: c}}", "ci.yml:1: job 'a' needs 'c', which is no job"),
    ],
)
def test_jobs_that_cannot_be_ordered_are_named(read: Read, jobs: str, why: str) -> None:
    with pytest.raises(PipelineError, match=why):
        read(f"jobs: {jobs}\n")


@pytest.mark.parametrize("text", ["a: [", "", "on: push", "jobs: 3"])
def test_what_has_no_jobs_is_no_pipeline(tmp_path: Path, text: str) -> None:
    (tmp_path / "ci.yml").write_text(text)

    assert read_workflow(tmp_path / "ci.yml") is None


@pytest.mark.parametrize(
    "job",
    [
        "3",
        "[]",
        "{steps: 3}",
        "{steps: [3, {uses: x}, {}]}",
        "{needs: {}}",
        "{strategy: {matrix: '${{ x }}'}}",
        "{env: 3, outputs: []}",
    ],
)
def test_odd_files_are_read_all_the_same(read: Read, job: str) -> None:
    assert not read(f"on: 3\njobs: {{a: {job}}}\n").deploys
