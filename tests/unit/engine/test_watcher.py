"""What the agent learns of containers, whatever becomes of the stream and the daemon."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.daemon import DROP, HANG, NO_SUCH_CONTAINER, FakeDaemon, inspected

from pytest_multidocker.ecs.events import ContainerEvent, Died, Dying, HealthChanged, Revived
from pytest_multidocker.engine.bounds import Bounds
from pytest_multidocker.engine.watcher import Watcher

# Docker's library leaves a socket open whenever nobody listens, or a request is given up.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

NAME = "docker-app"
INSPECT = f"GET /containers/{NAME}/json"


class Watching:
    """A watcher on a fake daemon, and what it has told."""

    def __init__(self, daemon: FakeDaemon) -> None:
        self.daemon = daemon
        self.client = daemon.client()
        self._told: queue.Queue[ContainerEvent] = queue.Queue()
        bounds = Bounds(inspect=0.3, ping=0.3)
        self.watcher = Watcher(self.client, "run=1", self._tell, bounds)
        self.watcher.start()
        daemon.following.wait(5)

    def _tell(self, _task_arn: str, event: ContainerEvent) -> None:
        self._told.put(event)

    def next(self) -> ContainerEvent:
        return self._told.get(timeout=5)

    def died(self) -> Died:
        while not isinstance(event := self.next(), Died):
            assert isinstance(event, Dying)
        return event

    @property
    def is_silent(self) -> bool:
        return self._told.empty()

    def watch(self, name: str = NAME) -> None:
        self.watcher.expect(name, "arn", name.removeprefix("docker-"))
        self.watcher.confirm(name)

    def close(self) -> None:
        self.watcher.close()
        self.client.close()


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[FakeDaemon]:
    fake = FakeDaemon(tmp_path / "docker.sock")
    yield fake
    fake.close()


@pytest.fixture
def watching(daemon: FakeDaemon) -> Iterator[Watching]:
    found = Watching(daemon)
    yield found
    found.close()


class TestDying:
    def test_it_is_said_at_once_and_then_how(self, daemon: FakeDaemon, watching: Watching) -> None:
        daemon.on(INSPECT, inspected(3))
        watching.watch()

        daemon.tell("die", NAME, exitCode="3")

        assert isinstance(watching.next(), Dying)
        assert watching.died().exit_code == 3

    def test_one_that_is_gone_has_the_event_s_exit_code(
        self, daemon: FakeDaemon, watching: Watching
    ) -> None:
        daemon.on(INSPECT, NO_SUCH_CONTAINER)
        watching.watch()

        daemon.tell("die", NAME, exitCode="137")

        died = watching.died()
        assert (died.exit_code, died.reason) == (
            137,
            "CannotInspectContainerError: Error response from daemon: No such container: it",
        )

    def test_an_inspection_that_hangs_is_given_up(
        self, daemon: FakeDaemon, watching: Watching
    ) -> None:
        daemon.on(INSPECT, HANG)
        watching.watch()

        daemon.tell("die", NAME, exitCode="1")

        died = watching.died()
        assert (died.exit_code, died.reason) == (
            1,
            "DockerTimeoutError: Could not transition to inspecting; timed out after waiting 0.3s",
        )

    def test_it_keeps_nobody_else_waiting(self, daemon: FakeDaemon, watching: Watching) -> None:
        daemon.on(INSPECT, HANG)
        daemon.on("GET /containers/docker-b/json", inspected(2))
        watching.watch()
        watching.watch("docker-b")

        daemon.tell("die", NAME, exitCode="1")
        daemon.tell("die", "docker-b", exitCode="2")

        assert [watching.died().container for _ in range(2)] == ["b", "app"]

    def test_a_daemon_that_goes_away_is_asked_when_it_is_back(
        self, daemon: FakeDaemon, watching: Watching
    ) -> None:
        daemon.on(INSPECT, DROP, inspected(0, ExitCode=255))
        daemon.on("GET /_ping", DROP, (200, None))
        watching.watch()

        daemon.tell("die", NAME, exitCode="0")

        assert watching.died().exit_code == 255
        assert daemon.count(INSPECT) == 2

    def test_whom_somebody_stops_is_left_to_him(
        self, daemon: FakeDaemon, watching: Watching
    ) -> None:
        daemon.on("GET /containers/docker-b/json", inspected(2))
        watching.watch()
        watching.watch("docker-b")

        assert watching.watcher.let_go(NAME)
        assert not watching.watcher.let_go(NAME)
        daemon.tell("die", NAME, exitCode="1")
        daemon.tell("die", "docker-b", exitCode="2")

        assert watching.died().container == "b"
        assert watching.is_silent


class TestAStreamThatBreaks:
    def test_who_died_meanwhile_is_told_of(self, daemon: FakeDaemon, watching: Watching) -> None:
        daemon.on(INSPECT, inspected(5))
        watching.watch()

        daemon.cut()

        assert watching.next() == Died("app", 1767323046.0, 5)

    def test_who_has_vanished_too(self, daemon: FakeDaemon, watching: Watching) -> None:
        daemon.on(INSPECT, NO_SUCH_CONTAINER)
        watching.watch()

        daemon.cut()

        died = watching.died()
        assert (died.exit_code, died.reason) == (
            None,
            "ContainerVanishedError: No container matching saved ID found",
        )

    def test_who_is_just_being_started_again_is_not_dead(
        self, daemon: FakeDaemon, watching: Watching
    ) -> None:
        daemon.on(INSPECT, inspected(5))
        daemon.on("GET /containers/docker-b/json", inspected(6))
        watching.watcher.expect(NAME, "arn", "app")
        watching.watch("docker-b")

        daemon.cut()

        assert watching.died().container == "b"
        daemon.following.wait(5)
        assert watching.is_silent

    def test_health_is_told_again(self, daemon: FakeDaemon, watching: Watching) -> None:
        daemon.on(INSPECT, inspected(running=True, Health={"Status": "unhealthy"}))
        watching.watch()

        daemon.cut()

        event = watching.next()
        assert isinstance(event, HealthChanged)
        assert event.health == "UNHEALTHY"

    def test_a_daemon_that_was_away_is_followed_again(
        self, daemon: FakeDaemon, watching: Watching
    ) -> None:
        daemon.on(INSPECT, inspected(running=True))
        watching.watch()
        daemon.down()

        daemon.on(INSPECT, inspected(137))
        daemon.up()

        assert watching.died().exit_code == 137


class TestComingBack:
    def test_one_that_others_start_is_told_of(self, daemon: FakeDaemon, watching: Watching) -> None:
        daemon.tell("start", NAME)

        event = watching.next()
        assert isinstance(event, Revived)
        assert event.container == "app"

    def test_one_that_is_expected_is_not(self, daemon: FakeDaemon, watching: Watching) -> None:
        daemon.on(INSPECT, inspected(1))
        watching.watch()

        daemon.tell("start", NAME)
        daemon.tell("die", NAME, exitCode="1")

        assert watching.died().exit_code == 1
