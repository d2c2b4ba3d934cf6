# ruff: noqa: E501 - texts of files as they stand
from __future__ import annotations

from pathlib import Path

import pytest

from pytest_multidocker.project.ci import deploys, pushes

TRAVIS = """\
after_success:
  - docker push example/web:1.0
  - echo "$P" | docker login --password-stdin && docker push --quiet example/api:$TAG
deploy:
  provider: elasticbeanstalk
  region: us-east-1
  secret_access_key:
    secure: abc=
"""
WORKFLOW = """\
jobs:
  deploy:
    steps:
      - run: |
          docker build -t example/web:1.0 web
          docker push example/web:1.0
      - uses: docker/build-push-action@v6
        with: {push: true, tags: "example/api:1, example/api:2"}
      - uses: docker/build-push-action@v6
        with: {push: false, tags: example/local:1}
      - uses: einaregilsson/beanstalk-deploy@v22
        with:
          aws_access_key: AKIDEXAMPLE
          region: us-east-1
"""


def test_pushes_and_deploys_of_travis(tmp_path: Path) -> None:
    (tmp_path / ".travis.yml").write_text(TRAVIS)
    assert [(each.image, each.line) for each in pushes(tmp_path)] == [
        ("example/web:1.0", 2),
        ("example/api:$TAG", 3),
    ]
    (deploy,) = deploys(tmp_path)
    assert deploy.line == 5
    assert deploy.options["region"].text == "us-east-1"
    assert deploy.options["secret_access_key"].text == ""


def test_pushes_and_deploys_of_workflows(tmp_path: Path) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "deploy.yml").write_text(WORKFLOW)
    assert [(each.image, each.line) for each in pushes(tmp_path)] == [
        ("example/web:1.0", 5),
        ("example/api:1", 8),
        ("example/api:2", 8),
    ]
    (deploy,) = deploys(tmp_path)
    assert deploy.options["aws_access_key"].text == "AKIDEXAMPLE"
    assert deploy.required == (("region",), ("application_name",), ("environment_name",))


@pytest.mark.parametrize(
    "text", ["", "[", "deploy: elasticbeanstalk", "deploy: [1, {provider: s3}]", "jobs: {a: {steps: {}}}",
             "script: \"docker push 'a\"", "script: docker push", "jobs: [1]", "a: &a {b: *a}"]
)  # fmt: skip
def test_what_is_no_ci_file_pushes_and_deploys_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / ".travis.yml").write_text(text)
    assert pushes(tmp_path) == []
    assert deploys(tmp_path) == []


@pytest.mark.parametrize(
    ("deploy", "known", "expected"),
    [
        (
            "{access_key_id: $ID, secret_access_key: '${SECRET}'}",
            {"ID": "i", "SECRET": "s"},
            ("i", "s"),
        ),
        ("{access_key_id: i, secret_access_key: s}", {}, ("i", "s")),
        ("{access_key_id: $ID, secret_access_key: $SECRET}", {"ID": "i"}, None),
        ("{access_key_id: $ID, secret_access_key: {secure: abc=}}", {"ID": "i"}, None),
        ("{access_key_id: $ID}", {"ID": "i"}, None),
    ],
)
def test_the_key_that_travis_deploys_with(
    tmp_path: Path, deploy: str, known: dict[str, str], expected: tuple[str, str] | None
) -> None:
    text = f"deploy: {deploy.replace('{', '{provider: elasticbeanstalk, ', 1)}\n"
    (tmp_path / ".travis.yml").write_text(text)
    (found,) = deploys(tmp_path)
    assert found.access_key(known) == expected


def test_the_key_that_a_workflow_deploys_with(tmp_path: Path) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    named = "aws_access_key: ${{ secrets.ID }}\n          aws_secret_key: ${{secrets.SECRET}}"
    text = WORKFLOW.replace("aws_access_key: AKIDEXAMPLE", named)
    (folder / "deploy.yml").write_text(text)
    (found,) = deploys(tmp_path)
    assert found.access_key({"ID": "i", "SECRET": "s"}) == ("i", "s")
    assert found.access_key({"ID": "i"}) is None
