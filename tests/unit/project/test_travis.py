from __future__ import annotations

import pytest

from pytest_multidocker.project.travis import DockerBuild, docker_builds

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
        DockerBuild("x", 14, ("shop/x",)),
    ]


def test_the_builds_of_a_workflow() -> None:
    assert docker_builds(WORKFLOW) == [DockerBuild(".", 10, ("shop/web:1",))]


@pytest.mark.parametrize("text", ["", "a: [", "- 'docker build -t \"x'", "just text", "a: \x01"])
def test_text_without_builds_or_that_is_no_yaml_has_none(text: str) -> None:
    assert docker_builds(text) == []


@pytest.mark.parametrize(
    ("tag", "image", "same"),
    [
        ("shop/web:1", "shop/web:1", True),
        ("shop/web:1", "shop/web:2", False),
        ("shop/web", "shop/web:latest", True),
        ("shop/web:latest", "shop/web", True),
        ("shop/web", "shop/web:1", False),
        ("$ID/web", "shop/web", True),
        ("${ID}/web:1", "shop/web:1", True),
        ("$ID/web", "shop/webs", False),
        ("shop/web:$TAG", "shop/web:7", True),
        ("shop/web:${TAG:-latest}", "shop/web:7", True),
        ("registry:5000/web", "registry:5000/web:latest", True),
        ("shop.web", "shopxweb", False),
    ],
)
def test_a_variable_in_a_tag_stands_for_any_text(tag: str, image: str, *, same: bool) -> None:
    assert DockerBuild(".", 1, (tag,)).makes(image) is same
