"""Reading a pipeline from a .travis.yml."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_multidocker.ci.pipeline import OnFailure, Pipeline, Step
from pytest_multidocker.ci.travis import read_travis

Read = Callable[..., Pipeline]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def of(text: str, *branches: str) -> Pipeline:
        file = tmp_path / ".travis.yml"
        file.write_text(text)
        found = read_travis(file, *branches)
        assert found is not None
        return found

    return of


COMPLETE = """\
language: generic
env:
  global:
    - TAG=1.0 NAME="my app"
before_install: docker build -t me/test client
install: skip
script:
  - docker run me/test
  - docker build -t me/app:$TAG .
after_success:
  - echo "$DOCKER_PASSWORD" | docker login -u "${DOCKER_ID}" --password-stdin
after_failure: echo failed
before_deploy: docker push me/app:$TAG
deploy:
  - provider: elasticbeanstalk
    access_key_id: $AWS_ACCESS_KEY
    secret_access_key: $AWS_SECRET_KEY
    on: {branch: main}
after_deploy: echo done
after_script: echo over
"""


def steps(pipeline: Pipeline) -> tuple[Step, ...]:
    (job,) = pipeline.jobs
    return job.steps


def notes(pipeline: Pipeline) -> list[str]:
    return [note.removeprefix(f"{pipeline.file}:") for note in pipeline.notes]


def test_phases_come_in_the_order_of_the_job_with_what_a_failure_does(read: Read) -> None:
    found = read(COMPLETE)

    assert [(s.phase, s.condition, s.on_failure) for s in steps(found)] == [
        ("before_install", "success()", OnFailure.END),
        ("script", "always()", OnFailure.FAIL),
        ("script", "always()", OnFailure.FAIL),
        ("after_success", "success()", OnFailure.IGNORE),
        ("after_failure", "failure()", OnFailure.IGNORE),
        ("before_deploy", "success()", OnFailure.END),
        ("deploy", "success()", OnFailure.END),
        ("after_deploy", "success()", OnFailure.IGNORE),
        ("after_script", "always()", OnFailure.IGNORE),
    ]
    assert [(s.script, s.line) for s in steps(found) if s.phase == "script"] == [
        ("docker run me/test", 8),
        ("docker build -t me/app:$TAG .", 9),
    ]
    assert found.notes == ()


def test_the_deploy_its_branch_its_variables_and_the_secrets_are_read(read: Read) -> None:
    found = read(COMPLETE, "", "feature")

    assert found.deploys
    assert found.branch == "main"
    assert found.environment["TRAVIS_BRANCH"] == "main"
    assert found.jobs[0].prologue == 'export TAG=1.0 NAME="my app"'
    assert found.secrets == ("DOCKER_PASSWORD", "DOCKER_ID", "AWS_ACCESS_KEY", "AWS_SECRET_KEY")
    assert {"DOCKER_PASSWORD", "AWS_ACCESS_KEY", "AWS_SECRET_KEY"} < {*found.hidden}


@pytest.mark.parametrize(
    ("on", "branch"),
    [
        ("", "master"),
        ("  on: {branch: [main, next]}\n", "main"),
        ("  on: {branch: {main: a-env}}\n", "main"),
        ("  on: {all_branches: true}\n", "feature"),
        ("  on: main\n", "main"),
    ],
)
def test_the_push_is_to_the_branch_that_deploys(read: Read, on: str, branch: str) -> None:
    found = read(f"deploy:\n  provider: elasticbeanstalk\n{on}", "", "feature")

    assert found.branch == branch
    assert not steps(found)[-1].left_out


@pytest.mark.parametrize(
    ("text", "branch"),
    [
        ("branches: {only: [/^v/, next]}", "next"),
        ("if: branch = next AND type = push", "next"),
        ("stages: [{name: deploy, if: branch = next}]", "next"),
        ("branches: {only: next}\ndeploy: {provider: elasticbeanstalk}", "next"),
        ("branches: {only: next}\ndeploy: {provider: elasticbeanstalk, on: x}", "next"),
        ("branches: {except: x}\ndeploy: {provider: elasticbeanstalk, on: y}", "y"),
    ],
)
def test_the_push_is_to_a_branch_that_is_built(read: Read, text: str, branch: str) -> None:
    found = read(f"{text}\nscript: ls\n", "", "feature")

    assert (found.branch, found.not_started) == (branch, "")


@pytest.mark.parametrize(
    ("on", "why"),
    [
        ("branch: main", "the branch 'dev' is not deployed, only 'main'"),
        ("{tags: true}", "it deploys tags only, and this is a push to 'dev'"),
    ],
)
def test_what_is_not_deployed_says_why(read: Read, on: str, why: str) -> None:
    text = f"before_deploy: ls\ndeploy:\n  provider: elasticbeanstalk\n  on: {{{on.strip('{}')}}}\n"
    found = read(text, "dev")

    assert [(step.phase, step.left_out) for step in steps(found)] == [("deploy", why)]


def test_a_condition_of_bash_is_left_to_bash_and_others_are_assumed_to_hold(read: Read) -> None:
    found = read(COMPLETE.replace("branch: main", "branch: main, condition: $A = b, python: 3.9"))

    assert [step.phase for step in steps(found) if step.test == "$A = b"] == [
        "before_deploy",
        "deploy",
        "after_deploy",
    ]
    assert notes(found) == ["15: on: python: 3.9: not evaluated here, assumed to hold"]


def test_a_deploy_that_may_fail_and_one_to_another_provider(read: Read) -> None:
    found = read(
        "before_deploy: ls\n"
        "deploy:\n- provider: pypi\n- provider: elastic_beanstalk\n  allow_failure: true\n"
    )

    assert [(s.phase, s.left_out, s.on_failure) for s in steps(found)] == [
        ("deploy", "a deploy to another provider is not done here", OnFailure.END),
        ("before_deploy", "", OnFailure.END),
        ("deploy", "", OnFailure.IGNORE),
    ]


@pytest.mark.parametrize(
    ("branches", "built"),
    [
        ("{only: [main]}", True),
        ("main", True),
        ("{only: [dev, /^ma/]}", True),
        ("{only: dev}", False),
        ("{only: ['/(?<x/']}", False),
        ("{except: [/^m/]}", False),
        ("{except: [dev]}", True),
    ],
)
def test_what_is_not_built_says_so(read: Read, branches: str, built: bool) -> None:
    found = read(f"branches: {branches}\nscript: ls\n", "main")

    place = f"{found.file}:1, branches"
    assert found.not_started == ("" if built else f"a push to 'main' is not built ({place})")


def test_jobs_run_stage_by_stage_each_after_those_of_all_stages_before(read: Read) -> None:
    found = read(
        "stages: [lint, test]\n"
        "script: shared\n"
        "env: {global: [A=1]}\n"
        "jobs:\n"
        "  include:\n"
        "  - {stage: deploy, script: skip, deploy: {provider: elasticbeanstalk}}\n"
        "  - {stage: test, name: unit, env: B=2}\n"
        "  - script: more\n"
        "  - {stage: Lint, script: lint}\n"
    )

    assert [(job.name, job.needs) for job in found.jobs] == [
        ("4, Lint", ()),
        ("2, unit", ("4, Lint",)),
        ("3, test", ("4, Lint",)),
        ("1, deploy", ("4, Lint", "2, unit", "3, test")),
    ]
    assert [[s.script for s in job.steps] for job in found.jobs] == [
        ["lint"],
        ["shared"],
        ["more"],
        [""],
    ]
    assert found.jobs[1].prologue == "export A=1 && export B=2"


def test_a_matrix_beside_jobs_makes_one_of_its_own(read: Read) -> None:
    found = read("script: ls\npython: [3.8, 3.9]\njobs:\n  include: [{script: more}]\n")

    assert [job.steps[0].script for job in found.jobs] == ["ls", "more"]
    assert "2: the matrix of python: it is run once" in notes(found)


@pytest.mark.parametrize(
    ("env", "exports", "left_out"),
    [
        ("A=1 B='x y'", "export A=1 B='x y'", False),
        ("[A=1, A=2]", "export A=1", True),
        ("{A: 1, B: a $A}", 'export A="1" && export B="a $A"', False),
        ("{global: [A=1, {B: '2'}], jobs: [C=3, C=4]}",
         'export A=1 && export B="2" && export C=3', True),
        ("{global: {A: 1}}", 'export A="1"', False),
    ],
)  # fmt: skip
def test_variables_are_set_as_a_shell_sets_them(
    read: Read, env: str, exports: str, left_out: bool
) -> None:
    found = read(f"language: sh\nenv: {env}\nscript: ls\n")

    assert found.jobs[0].prologue == exports
    assert any("matrix of env" in note for note in found.notes) is left_out


def test_encrypted_variables_come_from_the_environment_and_are_hidden(read: Read) -> None:
    found = read(
        'env:\n  global:\n  - SHH: {secure: "x="}\n  - secure: "y="\nscript: echo $WHAT $HOME\n'
    )

    assert found.secrets == ("SHH",)
    assert {"SHH", "WHAT"} < {*found.hidden}
    assert "HOME" not in found.hidden


def test_passwords_and_keys_in_the_file_are_hidden(read: Read) -> None:
    found = read(
        "script:\n- docker login -u me -p pass-1\n- echo pass-2 | docker login --password-stdin\n"
        "- docker login -u me -p $REGISTRY_PW\n"
        "deploy: {provider: elasticbeanstalk, access_key_id: AKIA1, secret_access_key: s3cr3t}\n"
    )

    assert found.passwords == ("pass-1", "pass-2", "AKIA1", "s3cr3t")
    assert "REGISTRY_PW" in found.secrets
    assert "REGISTRY_PW" in found.hidden


def test_what_is_not_done_here_is_said_with_its_place(read: Read) -> None:
    found = read(
        "language: python\nif: sender = me\nservices: [docker, redis]\nbefore_cache: ls\n"
        "jobs:\n  exclude: [{python: 3.9}]\nstages: [{name: test, if: repo = me/app}]\n"
    )

    assumed = "assumed to hold: not evaluated here"
    assert sorted(notes(found)) == [
        "1: install: that of Travis CI for python is not run here",
        "1: script: that of Travis CI for python is not run here",
        f"2: if of the build: {assumed}: sender = me: sender is not known here",
        "3: services not started here: redis",
        "4: before_cache is not run here: nothing is cached",
        "6: jobs.exclude is not heeded here",
        f"7: if of stage Test: {assumed}: repo = me/app: repo is not known here",
    ]


def test_jobs_and_stages_whose_condition_does_not_hold_are_skipped_and_named(read: Read) -> None:
    text = (
        "language: sh\nscript: ls\n"
        "stages: [test, {name: deploy, if: branch = main}]\n"
        "jobs:\n  include:\n  - {stage: deploy}\n  - {stage: test, if: type = pull_request}\n"
        "  - stage: test\n"
    )

    assert [job.name for job in read(text, "main").jobs] == ["3, test", "1, deploy"]
    found = read(text, "dev")
    assert [job.name for job in found.jobs] == ["3, test"]
    assert notes(found) == [
        "7: job 2, test is skipped: if: type = pull_request does not hold",
        "3: stage Deploy is skipped: if: branch = main does not hold",
    ]


def test_jobs_that_may_fail_are_those_that_are_allowed_to(read: Read) -> None:
    found = read(
        "language: sh\nscript: ls\nos: [linux, osx]\n"
        "jobs:\n  include:\n  - {name: a}\n  - {name: b, os: osx}\n  - {name: c, os: linux}\n"
        "  allow_failures: [{os: osx}, {name: c, os: linux}, {}, x]\n"
    )

    assert [job.continue_on_error for job in found.jobs] == ["", "", "true", "true"]


def test_a_build_whose_condition_does_not_hold_is_not_started(read: Read) -> None:
    found = read("language: sh\nif: branch = main\nscript: ls\n", "dev")

    assert found.not_started == f"a push to 'dev' is not built ({found.file}:2, if)"


@pytest.mark.parametrize(
    "text",
    [
        "jobs: 3",
        "jobs: {include: 3}",
        "env: [[1]]",
        "on: push",
        "stages: 3",
        "deploy: [3]",
        "branches: {}",
        "script: {a: b}",
    ],
)
def test_odd_files_are_read_all_the_same(read: Read, text: str) -> None:
    assert not read(text).deploys


def test_what_is_no_yaml_has_no_pipeline(tmp_path: Path) -> None:
    (tmp_path / ".travis.yml").write_text("a: [")

    assert read_travis(tmp_path / ".travis.yml") is None
    assert read_travis(tmp_path / "missing.yml") is None
