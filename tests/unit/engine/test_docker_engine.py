"""What the engine makes of a daemon that does not create what it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.daemon import DROP, HANG, Answer, FakeDaemon

from pytest_multidocker.dockerrun import parse_containers, parse_volumes
from pytest_multidocker.ecs.actions import Create, Provision
from pytest_multidocker.ecs.definition import TaskDefinition
from pytest_multidocker.ecs.events import Created, CreateFailed, Provisioned, ProvisionFailed
from pytest_multidocker.engine.bounds import Bounds
from pytest_multidocker.engine.docker_engine import DockerEngine
from pytest_multidocker.engine.identity import TaskIdentity
from pytest_multidocker.engine.policy import Policy
from pytest_multidocker.engine.run import Run

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

CREATE, VOLUME = "POST /containers/create", "POST /volumes/create"
SHARED = "GET /volumes/v"
NO_VOLUME: Answer = (404, {"message": "get v: no such volume"})
LENT = "multidocker does not lend this machine to a task: "


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[FakeDaemon]:
    fake = FakeDaemon(tmp_path / "docker.sock")
    fake.on("GET /info", (200, {}))  # testcontainers is told once which engine it has
    fake.on("GET /networks/bridge", (404, {"message": "no such network"}))
    yield fake
    fake.close()


@pytest.fixture
def engine(daemon: FakeDaemon, tmp_path: Path) -> DockerEngine:
    run = Run("r1", tmp_path, tmp_path / "r1.lock", -1)
    policy = Policy(lambda _task, _root: tmp_path)
    return DockerEngine(daemon.client(), run, policy, bounds=Bounds(create=0.2))


def task(*volumes: dict[str, Any], **fields: Any) -> TaskIdentity:
    mounts = [{"sourceVolume": v["name"], "containerPath": "/v"} for v in volumes]
    container = {"name": "app", "image": "app:1", "mountPoints": mounts, **fields}
    definition = TaskDefinition(
        "fam", 1, parse_containers([container]), parse_volumes(list(volumes))
    )
    return TaskIdentity("arn:aws:ecs:us-east-1:123456789012:task/c/1", "c", definition)


class TestCreating:
    def test_one_that_is_created(self, daemon: FakeDaemon, engine: DockerEngine) -> None:
        daemon.on(CREATE, (201, {"Id": "12ab", "Warnings": []}))
        daemon.on("GET /containers/12ab/json", (200, {"Id": "12ab"}))

        event = engine.perform(Create("app"), task())

        assert isinstance(event, Created)
        assert event.runtime_id == "12ab"

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            (
                (404, {"message": "No such image: app:1"}),
                "CannotCreateContainerError: Error response from daemon: No such image: app:1",
            ),
            (
                HANG,
                "DockerTimeoutError: Could not transition to created; timed out after waiting 0.2s",
            ),
            (DROP, "CannotCreateContainerError: error during connect: EOF"),
        ],
    )
    def test_one_that_is_not(
        self, daemon: FakeDaemon, engine: DockerEngine, answer: Answer, reason: str
    ) -> None:
        daemon.on(CREATE, answer)

        event = engine.perform(Create("app"), task())

        assert isinstance(event, CreateFailed)
        assert event.reason == reason

    def test_without_a_daemon(self, daemon: FakeDaemon, engine: DockerEngine) -> None:
        daemon.down()

        event = engine.perform(Create("app"), task())

        assert isinstance(event, CreateFailed)
        assert event.reason == (
            "CannotCreateContainerError: Cannot connect to the Docker daemon. "
            "Is the docker daemon running?"
        )

    @pytest.mark.parametrize(
        ("mount", "reason"),
        [
            (
                {"sourceVolume": "nope", "containerPath": "/x"},
                "HostConfigError: Invalid volume referenced: nope",
            ),
            (
                {"sourceVolume": "v"},
                "HostConfigError: Unable to resolve volume mounts; invalid path: app v; ecs-fam-",
            ),
        ],
    )
    def test_a_mount_point_that_leads_nowhere(
        self, engine: DockerEngine, mount: dict[str, str], reason: str
    ) -> None:
        event = engine.perform(Create("app"), task({"name": "v"}, mountPoints=[mount]))

        assert isinstance(event, CreateFailed)
        assert event.reason.startswith(reason)


def docker_volume(**config: Any) -> dict[str, Any]:
    return {"name": "v", "dockerVolumeConfiguration": config}


class TestVolumes:
    def test_they_are_made(self, daemon: FakeDaemon, engine: DockerEngine) -> None:
        daemon.on(VOLUME, (201, {"Name": "v"}))
        daemon.on(SHARED, NO_VOLUME)
        volumes = [docker_volume(scope="shared", autoprovision=True), {"name": "w"}]

        assert isinstance(engine.perform(Provision(), task(*volumes)), Provisioned)
        assert daemon.count(VOLUME) == 2

    @pytest.mark.parametrize("run", ["r1", "r2"])
    def test_a_shared_one_that_is_there_is_this_run_s_or_nobody_s(
        self, daemon: FakeDaemon, engine: DockerEngine, run: str
    ) -> None:
        daemon.on(SHARED, (200, {"Name": "v", "Labels": {"io.multidocker.run": run}}))

        event = engine.perform(Provision(), task(docker_volume(scope="shared")))

        assert daemon.count(VOLUME) == 0
        if run == "r1":
            assert isinstance(event, Provisioned)
        else:
            assert isinstance(event, ProvisionFailed)
            assert event.reason.startswith(LENT)
            assert not event.initialisation

    def test_a_shared_one_that_is_not_there(self, daemon: FakeDaemon, engine: DockerEngine) -> None:
        daemon.on(SHARED, NO_VOLUME)

        event = engine.perform(Provision(), task(docker_volume(scope="shared")))

        assert isinstance(event, ProvisionFailed)
        assert event.initialisation
        assert event.reason == (
            "initialize volume: volume detection failed, volume 'v' does not exist and "
            "autoprovision is set to false: Error response from daemon: get v: no such volume"
        )

    def test_a_driver_s_options_are_not_lent(self, engine: DockerEngine) -> None:
        volume = docker_volume(scope="task", driverOpts={"device": "/dev/sda", "type": "ext4"})

        event = engine.perform(Provision(), task(volume))

        assert isinstance(event, ProvisionFailed)
        assert event.reason.startswith(LENT + "volume v has driver options")

    def test_a_driver_that_docker_does_not_have(
        self, daemon: FakeDaemon, engine: DockerEngine
    ) -> None:
        daemon.on(VOLUME, (404, {"message": 'plugin "x" not found'}))

        event = engine.perform(Provision(), task(docker_volume(scope="task", driver="x")))

        assert isinstance(event, ProvisionFailed)
        assert event.reason == 'VolumeError: Error response from daemon: plugin "x" not found'
