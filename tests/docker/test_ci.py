"""A CI pipeline with a real docker client, a real registry and real images."""

from __future__ import annotations

import contextlib
import json
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from docker import DockerClient
from docker.errors import ImageNotFound
from support.clients import client

from pytest_multidocker.aws.options import EmulatorOptions
from pytest_multidocker.aws.process import EmulatorProcess, start_emulator
from pytest_multidocker.ci.run import Result, run_pipeline
from pytest_multidocker.ci.travis import read_travis
from pytest_multidocker.errors import PipelineError

TRAVIS = """\
before_script: docker build -t ci-test/test -f Dockerfile.dev .
script:
  - docker run --rm ci-test/test
  - docker build -t ci-test/app:1 .
before_deploy:
  - echo "$DOCKER_PASSWORD" | docker login -u "$DOCKER_ID" --password-stdin
  - docker push ci-test/app:1
  - echo "the password is $DOCKER_PASSWORD"
deploy:
  provider: elasticbeanstalk
  on: {all_branches: true}
"""
SECRET = "pa55w0rd-of-nobody"


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorProcess]:
    with start_emulator(EmulatorOptions()) as process:
        yield process


@pytest.fixture
def project(
    tmp_path: Path, busybox: str, docker_client: DockerClient, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    (tmp_path / ".travis.yml").write_text(TRAVIS)
    (tmp_path / "Dockerfile").write_text(f"FROM {busybox}\nLABEL ci=app\n")
    (tmp_path / "Dockerfile.dev").write_text(f'FROM {busybox}\nCMD ["sh", "-c", "exit 0"]\n')
    monkeypatch.setenv("DOCKER_ID", "somebody")
    monkeypatch.setenv("DOCKER_PASSWORD", SECRET)
    yield tmp_path
    for image in ("ci-test/test", "ci-test/app:1"):
        with contextlib.suppress(ImageNotFound):  # the pipeline did not come so far
            docker_client.images.remove(image, force=True)


def build(project: Path, emulator: EmulatorProcess) -> tuple[Result, list[str], list[str] | None]:
    """The result, what was said, and what had been pushed at the deploy, if it was reached."""
    said: list[str] = []
    deployed: list[list[str]] = []
    pipeline = read_travis(project / ".travis.yml")
    assert pipeline is not None

    def deploy(pushed: Sequence[str], say: Callable[[str], None]) -> None:
        deployed.append([*pushed])

    result = run_pipeline(pipeline, project, emulator.endpoint_url, said.append, deploy)
    return result, said, deployed[0] if deployed else None


def repositories(emulator: EmulatorProcess) -> list[str]:
    """What the registry holds, with its tags."""
    page = urllib.request.Request(f"{emulator.endpoint_url}/_multidocker/registry", method="POST")
    with urllib.request.urlopen(page) as answer:
        account = json.load(answer)

    def ask(path: str) -> Any:
        request = urllib.request.Request(f"http://{account['address']}/v2/{path}")
        login = b64encode(f"{account['user']}:{account['password']}".encode()).decode()
        request.add_header("Authorization", f"Basic {login}")
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    names = ask("_catalog")["repositories"]
    return [f"{name}:{tag}" for name in names for tag in ask(f"{name}/tags/list")["tags"] or []]


def test_a_failing_test_stops_the_pipeline_before_the_push(
    project: Path, emulator: EmulatorProcess
) -> None:
    dockerfile = project / "Dockerfile.dev"
    dockerfile.write_text(dockerfile.read_text().replace("exit 0", "echo 1 failed; exit 1"))

    result, said, deployed = build(project, emulator)

    place = f"{project / '.travis.yml'}:3, script"
    assert result.failed == f"'docker run --rm ci-test/test' ({place}) exited with 1"
    assert "1 failed" in said
    assert deployed is None
    assert repositories(emulator) == []


def test_what_is_pushed_lies_in_the_registry_before_the_deploy_and_no_secret_is_shown(
    project: Path, emulator: EmulatorProcess, docker_client: DockerClient
) -> None:
    result, said, deployed = build(project, emulator)

    assert result == Result(deployed=True)
    assert deployed == ["ci-test/app:1"]
    assert repositories(emulator) == ["ci-test/app:1"]
    assert "Login Succeeded" in said
    assert "the password is ***" in said
    assert not [line for line in said if SECRET in line]
    tags = [tag for image in docker_client.images.list() for tag in image.tags]
    assert not [tag for tag in tags if tag.startswith("127.0.0.1") and "ci-test" in tag]


def test_a_push_without_a_login_is_refused_by_the_registry(
    project: Path, emulator: EmulatorProcess
) -> None:
    lines = [line for line in TRAVIS.splitlines() if "docker login" not in line]
    (project / ".travis.yml").write_text("\n".join(lines) + "\n")

    result, said, deployed = build(project, emulator)

    place = f"{project / '.travis.yml'}:6, before_deploy"
    assert result.failed == f"'docker push ci-test/app:1' ({place}) exited with 1"
    assert any("no basic auth credentials" in line for line in said)
    assert deployed is None


def test_a_secret_that_is_not_set_is_told_before_anything_runs(
    project: Path, emulator: EmulatorProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOCKER_PASSWORD")

    with pytest.raises(PipelineError, match="uses DOCKER_PASSWORD, which CI keeps"):
        build(project, emulator)


def test_an_instance_pulls_from_the_registry_what_it_does_not_have(
    project: Path, emulator: EmulatorProcess, docker_client: DockerClient
) -> None:
    build(project, emulator)
    docker_client.images.remove("ci-test/app:1", noprune=True)
    ecs = client(emulator.endpoint_url, "ecs")
    ecs.create_cluster(clusterName="ci")
    instance = ecs.register_container_instance(cluster="ci", instanceIdentityDocument="{}")
    container = {"name": "app", "image": "ci-test/app:1", "memory": 16, "command": ["true"]}
    ecs.register_task_definition(family="ci", containerDefinitions=[container])

    (task,) = ecs.start_task(
        cluster="ci",
        taskDefinition="ci",
        containerInstances=[instance["containerInstance"]["containerInstanceArn"]],
    )["tasks"]
    ecs.get_waiter("tasks_stopped").wait(
        cluster="ci", tasks=[task["taskArn"]], WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )

    (ended,) = ecs.describe_tasks(cluster="ci", tasks=[task["taskArn"]])["tasks"]
    assert ended["containers"][0]["exitCode"] == 0
    assert "ci-test/app:1" in [tag for i in docker_client.images.list() for tag in i.tags]
