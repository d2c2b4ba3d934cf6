"""The agent's four pull behaviours, with a registry that answers and one that does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.daemon import HANG, Answer, FakeDaemon

from pytest_multidocker.dockerrun.model import ContainerDefinition
from pytest_multidocker.ecs.events import Pulled, PullFailed
from pytest_multidocker.ecs.pulls import PULL_BEHAVIORS, PullBehavior
from pytest_multidocker.engine.bounds import Bounds
from pytest_multidocker.engine.task_images import TaskImages

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

APP = ContainerDefinition("app", "app:1")
PULL, INSPECT = "POST /images/create", "GET /images/app:1/json"
NO_IMAGE: Answer = (404, {"message": "No such image: app:1"})
IMAGE: Answer = (200, {"Id": "sha256:1", "RepoDigests": ["app@sha256:12"], "Config": {}})
LOCAL: Answer = (200, {"Id": "sha256:1", "RepoDigests": [], "Config": {"Env": ["A=1", "B=x=y"]}})
DONE: Answer = (200, {"status": "Downloaded newer image for app:1"})
REFUSED: Answer = (500, {"message": "connection refused"})
NOT_PULLED = "CannotPullContainerError: Error response from daemon: connection refused"


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[FakeDaemon]:
    fake = FakeDaemon(tmp_path / "docker.sock")
    yield fake
    fake.close()


def images(daemon: FakeDaemon, behavior: PullBehavior, **stand_ins: str) -> TaskImages:
    return TaskImages(daemon.client(), behavior, stand_ins, Bounds(pull_begin=0.2))


@pytest.mark.parametrize("behavior", PULL_BEHAVIORS)
def test_an_image_that_is_not_there_is_pulled(daemon: FakeDaemon, behavior: PullBehavior) -> None:
    daemon.on(INSPECT, NO_IMAGE, IMAGE)
    daemon.on(PULL, DONE)

    event = images(daemon, behavior).pull(APP)

    assert isinstance(event, Pulled)
    assert event.image_digest == "sha256:12"
    assert daemon.count(PULL) == 1


@pytest.mark.parametrize(
    ("behavior", "pulls"), [("default", 2), ("always", 2), ("once", 1), ("prefer-cached", 0)]
)
def test_one_that_is_there_is_pulled_again_or_not(
    daemon: FakeDaemon, behavior: PullBehavior, pulls: int
) -> None:
    daemon.on(INSPECT, IMAGE)
    daemon.on(PULL, DONE)
    found = images(daemon, behavior)

    for _ in range(2):
        assert isinstance(found.pull(APP), Pulled)

    assert daemon.count(PULL) == pulls


@pytest.mark.parametrize(
    ("behavior", "fatal"),
    [("default", False), ("always", True), ("once", True), ("prefer-cached", False)],
)
def test_a_pull_that_fails(daemon: FakeDaemon, behavior: PullBehavior, fatal: bool) -> None:
    daemon.on(INSPECT, NO_IMAGE)
    daemon.on(PULL, REFUSED)

    event = images(daemon, behavior).pull(APP)

    assert isinstance(event, PullFailed)
    assert (event.reason, event.fatal) == (NOT_PULLED, fatal)


def test_a_registry_that_does_not_answer(daemon: FakeDaemon) -> None:
    daemon.on(PULL, HANG)

    event = images(daemon, "always").pull(APP)

    assert isinstance(event, PullFailed)
    assert event.reason == (
        "DockerTimeoutError: Could not transition to pullBegin; timed out after waiting 0.2s"
    )


def test_a_daemon_that_is_away(daemon: FakeDaemon) -> None:
    found = images(daemon, "default")
    daemon.down()

    event = found.pull(APP)

    assert isinstance(event, PullFailed)
    assert event.reason == (
        "CannotPullContainerError: Cannot connect to the Docker daemon. "
        "Is the docker daemon running?"
    )


def test_an_image_made_here_has_no_digest_and_stands_in_without_a_pull(daemon: FakeDaemon) -> None:
    daemon.on("GET /images/mine:1/json", LOCAL)
    found = images(daemon, "always", **{"app:1": "mine:1"})

    event = found.pull(APP)

    assert isinstance(event, Pulled)
    assert event.image_digest is None
    assert daemon.count(PULL) == 0
    assert found.variables(APP) == {"A": "1", "B": "x=y"}
