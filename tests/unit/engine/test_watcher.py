"""What the agent learns of containers, whatever becomes of the stream and the daemon."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.daemon import DROP, HANG, NO_SUCH_CONTAINER, FakeDaemon, inspected

from pytest_multidocker.ecs.events import ContainerEvent, Died, Dying, HealthChanged, Revived
from pytest_multidocker.engine.bounds import Bounds
from pytest_multidocker.engine.kernel_log import KernelLog
from pytest_multidocker.engine.oom import OomKills
from pytest_multidocker.engine.watcher import Key, Watcher

# Docker's library leaves a socket open whenever nobody listens, or a request is given up.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

NAME = "docker-app"
INSPECT = f"GET /containers/{NAME}/json"


def key(name: str = NAME) -> Key:
    return Key("arn", name.removeprefix("docker-"))


class Watching:
    """A watcher on a fake daemon, and what it has told."""

    def __init__(self, daemon: FakeDaemon, *, steady: float = 300) -> None:
        self.daemon = daemon
        self.client = daemon.client()
        self._told: queue.Queue[ContainerEvent] = queue.Queue()
        bounds = Bounds(inspect=0.3, ping=0.3, steady=steady)
        self.watcher = Watcher(self.client, "run=1", self._tell, bounds)
        self.watcher.start()
        daemon.following.wait(60)

    def _tell(self, _task_arn: str, event: ContainerEvent) -> None:
        self._told.put(event)

    def next(self) -> ContainerEvent:
        return self._told.get(timeout=60)

    def died(self) -> Died:
        while not isinstance(event := self.next(), Died):
            assert isinstance(event, Dying)
        return event

    @property
    def is_silent(self) -> bool:
        return self._told.empty()

    def watch(self, name: str = NAME, *, limited: bool = True) -> None:
        self.watcher.expect(key(name), name, limited=limited)
        self.watcher.confirm(key(name))

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

        assert watching.watcher.let_go(key())
        assert not watching.watcher.let_go(key())
        daemon.tell("die", NAME, exitCode="1")
        daemon.tell("die", "docker-b", exitCode="2")

        assert watching.died().container == "b"
        assert watching.is_silent


class TestOutOfMemory:
    """Where Docker does not say so: a SIGKILL that nobody has asked for, and the kernel's count."""

    @pytest.fixture
    def kills(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], object]:
        vmstat = tmp_path / "vmstat"
        vmstat.write_text("oom_kill 7\n")
        monkeypatch.setattr(
            "pytest_multidocker.engine.autopsy.OomKills",
            lambda _is_here: OomKills(lambda: True, vmstat, KernelLog(tmp_path / "none")),
        )
        return lambda count: vmstat.write_text(f"oom_kill {7 + count}\n")

    def test_one_that_the_kernel_counts(
        self, kills: Callable[[int], object], daemon: FakeDaemon, watching: Watching
    ) -> None:
        daemon.on(INSPECT, inspected(137))
        watching.watch()
        kills(1)

        daemon.tell("die", NAME, exitCode="137")

        assert watching.died().oom_killed

    def test_one_that_the_kernel_does_not_count(
        self, kills: Callable[[int], object], daemon: FakeDaemon, watching: Watching
    ) -> None:
        daemon.on(INSPECT, inspected(137))
        watching.watch()
        kills(0)

        daemon.tell("die", NAME, exitCode="137")

        assert not watching.died().oom_killed

    def test_one_that_somebody_kills_is_not(
        self, kills: Callable[[int], object], daemon: FakeDaemon, watching: Watching
    ) -> None:
        daemon.on(INSPECT, inspected(137))
        watching.watch()
        kills(1)

        daemon.tell("kill", NAME, signal="9")
        daemon.tell("die", NAME, exitCode="137")

        assert not watching.died().oom_killed

    def test_one_without_a_limit_is_not(
        self, kills: Callable[[int], object], daemon: FakeDaemon, watching: Watching
    ) -> None:
        daemon.on(INSPECT, inspected(137))
        watching.watch(limited=False)
        kills(1)

        daemon.tell("die", NAME, exitCode="137")

        assert not watching.died().oom_killed

    def test_a_kill_in_another_that_docker_tells_of_is_not_this_one_s(
        self, kills: Callable[[int], object], daemon: FakeDaemon, watching: Watching
    ) -> None:
        daemon.on(INSPECT, inspected(137))
        watching.watch()
        watching.watch("docker-b")
        kills(1)

        daemon.tell("oom", "docker-b")
        daemon.tell("die", NAME, exitCode="137")

        assert not watching.died().oom_killed

    def test_one_that_docker_has_told_of_before_it_died(
        self, kills: Callable[[int], object], daemon: FakeDaemon, watching: Watching
    ) -> None:
        daemon.on(INSPECT, inspected(137))
        watching.watch()
        kills(1)

        daemon.tell("oom", NAME)
        daemon.tell("die", NAME, exitCode="137")

        assert watching.died().oom_killed


class TestAStreamThatFallsSilent:
    def test_what_runs_is_looked_up_from_time_to_time(self, daemon: FakeDaemon) -> None:
        daemon.on(INSPECT, inspected(running=True), inspected(5))
        watching = Watching(daemon, steady=0.1)
        watching.watch()

        assert watching.died() == Died("app", 1767323046.0, 5)
        assert daemon.count("GET /events") == 1
        watching.close()


class TestStarting:
    def test_nothing_is_missed_on_a_stream_that_holds(self, watching: Watching) -> None:
        watching.watcher.expect(key(), NAME, limited=True)

        assert watching.watcher.confirm(key())

    def test_a_stream_that_breaks_meanwhile_may_have_told_of_the_death(
        self, daemon: FakeDaemon, watching: Watching
    ) -> None:
        daemon.on("GET /containers/docker-b/json", inspected(6))
        watching.watch("docker-b")
        watching.watcher.expect(key(), NAME, limited=True)

        daemon.cut()

        assert watching.died().container == "b"  # it has been taken up again
        assert not watching.watcher.confirm(key())


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
        watching.watcher.expect(key(), NAME, limited=True)
        watching.watch("docker-b")

        daemon.cut()

        assert watching.died().container == "b"
        daemon.following.wait(60)
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
