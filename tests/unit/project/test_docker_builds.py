from __future__ import annotations

import pytest

from pytest_multidocker.project.docker_builds import DockerBuild, docker_builds

TRAVIS = """\
language: python
before_install:
  # - docker build -t commented/out .
  - docker build -t shop/test -f web/Dockerfile.dev web
script: "echo hi && docker build --no-cache --tag=shop/web:1 --tag $ID/web:latest ./web"
after_success:
  - |
    cd jobs
    docker build \\
      --build-arg N=3 --build-arg EMPTY --target run --network host \\
      -t "shop/worker:${TRAVIS_COMMIT}" \\
      -f docker/Dockerfile .
    docker push shop/worker
  - sudo docker image build -tshop/short db; docker buildx build --push -t shop/x - < x
deploy:
  script: echo "docker build is not run here"
"""

WORKFLOW = """\
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: build
        run: |
          set -e
          docker build -t shop/web:1 .
"""


def test_the_builds_of_a_travis_file() -> None:
    assert docker_builds(TRAVIS) == [
        DockerBuild("web", 4, ("shop/test",), "web/Dockerfile.dev"),
        DockerBuild("web", 5, ("shop/web:1", "$ID/web:latest")),
        DockerBuild(
            "jobs",
            9,
            ("shop/worker:${TRAVIS_COMMIT}",),
            "jobs/docker/Dockerfile",
            (("N", "3"), ("EMPTY", "")),
            "run",
        ),
        DockerBuild("db", 14, ("shop/short",)),
        DockerBuild("-", 14, ("shop/x",)),
    ]


def test_the_builds_of_a_workflow() -> None:
    assert docker_builds(WORKFLOW) == [DockerBuild(".", 10, ("shop/web:1",))]


@pytest.mark.parametrize("text", ["", "a: [", "- 'docker build -t \"x'", "just text", "a: \x01"])
def test_text_without_builds_or_that_is_no_yaml_has_none(text: str) -> None:
    assert docker_builds(text) == []


def test_a_push_at_the_end_of_a_build_is_noted() -> None:
    assert [build.pushes for build in docker_builds(TRAVIS)] == [False, False, False, False, True]


def test_aliases_of_aliases_are_read_once() -> None:
    levels = [f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in
              zip("abcdefghijkl", "bcdefghijklm", strict=True)]  # fmt: skip
    text = "\n".join(["a: &a ['docker build -t a/b c', x]", *levels])
    assert docker_builds(text) == [DockerBuild("c", 1, ("a/b",))]
