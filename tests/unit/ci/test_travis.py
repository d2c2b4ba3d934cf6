"""Reading a pipeline from a .travis.yml."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_multidocker.ci.pipeline import OnFailure, Pipeline
from pytest_multidocker.ci.travis import read_travis


@pytest.fixture
def read(tmp_path: Path) -> object:
    def of(text: str) -> Pipeline:
        file = tmp_path / ".travis.yml"
        file.write_text(text)
        found = read_travis(file)
        assert found is not None
        return found

    return of


COMPLETE = """\
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
  - docker push me/app:$TAG
deploy:
  - provider: elasticbeanstalk
    access_key_id: $AWS_ACCESS_KEY
    secret_access_key: $AWS_SECRET_KEY
    on: {branch: main}
after_deploy: echo done
"""


def test_phases_come_in_the_order_of_the_job_with_what_a_failure_does(read: object) -> None:
    found: Pipeline = read(COMPLETE)  # type: ignore[operator]

    assert [(p.name, p.on_failure) for p in found.before] == [
        ("before_install", OnFailure.STOP),
        ("script", OnFailure.FAIL),
        ("after_success", OnFailure.IGNORE),
    ]
    assert [p.name for p in found.after] == ["after_deploy"]
    assert [(c.text, c.line) for c in found.before[1].commands] == [
        ("docker run me/test", 7),
        ("docker build -t me/app:$TAG .", 8),
    ]


def test_the_deploy_its_branch_its_variables_and_the_secrets_are_read(read: object) -> None:
    found: Pipeline = read(COMPLETE)  # type: ignore[operator]

    assert found.deploys
    assert found.branch == "main"
    assert found.environment == {"TAG": "1.0", "NAME": "my app"}
    assert found.secrets == ("DOCKER_PASSWORD", "DOCKER_ID", "AWS_ACCESS_KEY", "AWS_SECRET_KEY")


@pytest.mark.parametrize(
    ("on", "branch"),
    [("", "master"), ("  on: {all_branches: true}\n", None), ("  on: {tags: true}\n", "master")],
)
def test_without_a_branch_it_is_master_s(read: object, on: str, branch: str | None) -> None:
    found: Pipeline = read(f"deploy:\n  provider: elasticbeanstalk\n{on}")  # type: ignore[operator]

    assert found.branch == branch


def test_what_is_not_done_here_is_said(read: object) -> None:
    found: Pipeline = read("deploy: {provider: pypi}\njobs: {include: []}\n")  # type: ignore[operator]

    assert not found.deploys
    assert found.skipped == (
        "1 deploys to other providers",
        "jobs: only the commands at the top level are run",
    )


def test_what_is_no_yaml_has_no_pipeline(tmp_path: Path) -> None:
    (tmp_path / ".travis.yml").write_text("a: [")

    assert read_travis(tmp_path / ".travis.yml") is None
    assert read_travis(tmp_path / "missing.yml") is None
