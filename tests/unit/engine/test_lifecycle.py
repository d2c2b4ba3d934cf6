"""Starting and stopping with a daemon that refuses, hangs, hangs up or is not there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support.daemon import DROP, HANG, NO_SUCH_CONTAINER, Answer, FakeDaemon, inspected

from pytest_multidocker.dockerrun.model import ContainerDefinition, RestartPolicy
from pytest_multidocker.ecs.actions import Stop
from pytest_multidocker.ecs.definition import TaskDefinition
from pytest_multidocker.ecs.events import Died, Started, StartFailed, StopFailed
from pytest_multidocker.engine.bounds import Bounds
from pytest_multidocker.engine.identity import TaskIdentity
from pytest_multidocker.engine.lifecycle import Lifecycle
from pytest_multidocker.engine.watcher import Key

# Docker's library leaves a socket open whenever nobody listens, or a request is given up.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

APP = ContainerDefinition("app", "app:1")
TASK = TaskIdentity("arn:aws:ecs:r:1:task/c/1", "c", TaskDefinition("fam", 1, (APP,)))
NAME = TASK.container_name("app")
START, STOP = f"POST /containers/{NAME}/start", f"POST /containers/{NAME}/stop"
INSPECT = f"GET /containers/{NAME}/json"
BOUNDS = Bounds(start=0.2, stop=0.2, inspect=0.2, ping=0.2, stop_pauses=(0.01, 0.02))
NOBODY = "Cannot connect to the Docker daemon. Is the docker daemon running?"


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[FakeDaemon]:
    fake = FakeDaemon(tmp_path / "docker.sock")
    yield fake
    fake.close()


@pytest.fixture
def lifecycle(daemon: FakeDaemon) -> Iterator[Lifecycle]:
    client = daemon.client()
    yield Lifecycle(client, BOUNDS)
    client.close()


class TestStarting:
    def test_one_that_runs(self, daemon: FakeDaemon, lifecycle: Lifecycle) -> None:
        daemon.on(START, (204, None))
        daemon.on(INSPECT, inspected(running=True))

        assert isinstance(lifecycle.start(TASK, APP), Started)

    def test_one_that_has_ended_already(self, daemon: FakeDaemon, lifecycle: Lifecycle) -> None:
        daemon.on(START, (204, None))
        daemon.on(INSPECT, inspected(3))

        event = lifecycle.start(TASK, APP)

        assert isinstance(event, Died)
        assert event.exit_code == 3

    @pytest.mark.parametrize(
        ("start", "reason", "uncertain"),
        [
            (
                (500, {"message": "port is already allocated"}),
                "CannotStartContainerError: Error response from daemon: port is already allocated",
                False,
            ),
            (
                HANG,
                "DockerTimeoutError: Could not transition to started; timed out after waiting 0.2s",
                True,
            ),
            (DROP, "CannotStartContainerError: error during connect: EOF", True),
        ],
    )
    def test_one_that_does_not_start(
        self,
        daemon: FakeDaemon,
        lifecycle: Lifecycle,
        start: Answer,
        reason: str,
        uncertain: bool,
    ) -> None:
        daemon.on(START, start)

        event = lifecycle.start(TASK, APP)

        assert isinstance(event, StartFailed)
        assert (event.reason, event.uncertain) == (reason, uncertain)

    def test_without_a_daemon_nothing_can_have_started(
        self, daemon: FakeDaemon, lifecycle: Lifecycle
    ) -> None:
        daemon.down()

        event = lifecycle.start(TASK, APP)

        assert isinstance(event, StartFailed)
        assert event.reason == f"CannotStartContainerError: {NOBODY}"
        assert not event.uncertain

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            (NO_SUCH_CONTAINER, "CannotInspectContainerError: Error response from daemon: No such"),
            (HANG, "DockerTimeoutError: Could not transition to inspecting; timed out after"),
        ],
    )
    def test_one_that_cannot_be_looked_at(
        self, daemon: FakeDaemon, lifecycle: Lifecycle, answer: Answer, reason: str
    ) -> None:
        daemon.on(START, (204, None))
        daemon.on(INSPECT, answer)

        event = lifecycle.start(TASK, APP)

        assert isinstance(event, StartFailed)
        assert event.reason.startswith(reason)
        assert event.uncertain


class Claims:
    """A watcher that has seen each death before anybody asks."""

    def expect(self, *_args: object, limited: bool) -> None:
        assert not limited

    def confirm(self, _key: Key) -> bool:
        return True

    def let_go(self, _key: Key) -> bool:
        return False


@pytest.mark.parametrize(
    ("policy", "event"),
    [(None, Died), (RestartPolicy(enabled=False), Died), (RestartPolicy(enabled=True), Started)],
)
def test_a_death_that_the_watcher_tells_of_is_told_twice_only_where_that_does_no_harm(
    daemon: FakeDaemon, lifecycle: Lifecycle, policy: RestartPolicy | None, event: type
) -> None:
    daemon.on(START, (204, None))
    daemon.on(INSPECT, inspected(3))
    lifecycle.watcher = Claims()  # type: ignore[assignment]

    assert isinstance(lifecycle.start(TASK, replace(APP, restart_policy=policy)), event)


class Missed(Claims):
    """A watcher whose stream broke while the container was started."""

    def confirm(self, _key: Key) -> bool:
        return False

    def let_go(self, _key: Key) -> bool:
        return True


@pytest.mark.parametrize(("watcher", "event"), [(Claims(), Started), (Missed(), Died)])
def test_who_was_killed_while_it_started_is_told_of_where_the_events_do_not(
    daemon: FakeDaemon, lifecycle: Lifecycle, watcher: Claims, event: type
) -> None:
    daemon.on(START, (204, None))
    daemon.on(INSPECT, inspected(137))
    lifecycle.watcher = watcher  # type: ignore[assignment]

    assert isinstance(lifecycle.start(TASK, APP), event)


def test_one_that_others_rename_is_started_and_stopped_by_its_id(
    daemon: FakeDaemon, lifecycle: Lifecycle
) -> None:
    lifecycle.created(TASK, "app", "c0ffee")
    daemon.on("POST /containers/c0ffee/start", (204, None))
    daemon.on("POST /containers/c0ffee/stop", (204, None))
    daemon.on("GET /containers/c0ffee/json", inspected(running=True), inspected(0))

    assert isinstance(lifecycle.start(TASK, APP), Started)
    assert isinstance(lifecycle.stop(TASK, Stop("app", 0)), Died)


class TestStopping:
    def stop(self, lifecycle: Lifecycle) -> Died | StopFailed:
        return lifecycle.stop(TASK, Stop("app", 0))

    def test_one_that_stops(self, daemon: FakeDaemon, lifecycle: Lifecycle) -> None:
        daemon.on(STOP, (204, None))
        daemon.on(INSPECT, inspected(143))

        event = self.stop(lifecycle)

        assert isinstance(event, Died)
        assert event.exit_code == 143

    def test_one_that_never_ran_has_no_exit_code(
        self, daemon: FakeDaemon, lifecycle: Lifecycle
    ) -> None:
        daemon.on(STOP, (304, None))
        daemon.on(INSPECT, inspected(FinishedAt="0001-01-01T00:00:00Z"))

        event = self.stop(lifecycle)

        assert isinstance(event, Died)
        assert event.exit_code is None

    @pytest.mark.parametrize("trouble", [(500, {"message": "busy"}), DROP, HANG])
    def test_a_transient_error_is_got_over(
        self, daemon: FakeDaemon, lifecycle: Lifecycle, trouble: Answer
    ) -> None:
        daemon.on(STOP, trouble, trouble, (204, None))
        daemon.on(INSPECT, inspected(0))

        assert isinstance(self.stop(lifecycle), Died)
        assert daemon.count(STOP) == 3

    @pytest.mark.parametrize(
        ("trouble", "reason"),
        [
            (
                (500, {"message": "busy"}),
                "CannotStopContainerError: Error response from daemon: busy",
            ),
            (DROP, "CannotStopContainerError: error during connect: EOF"),
            (
                HANG,
                "DockerTimeoutError: Could not transition to stopped; timed out after waiting 0.2s",
            ),
        ],
    )
    def test_after_five_attempts_it_counts_as_stopped(
        self, daemon: FakeDaemon, lifecycle: Lifecycle, trouble: Answer, reason: str
    ) -> None:
        daemon.on(STOP, trouble)

        event = self.stop(lifecycle)

        assert isinstance(event, StopFailed)
        assert event.reason == reason
        assert daemon.count(STOP) == 5

    def test_one_that_is_gone_is_not_asked_for_again(
        self, daemon: FakeDaemon, lifecycle: Lifecycle
    ) -> None:
        daemon.on(STOP, NO_SUCH_CONTAINER)

        event = self.stop(lifecycle)

        assert isinstance(event, StopFailed)
        assert event.reason == (
            "CannotStopContainerError: Error response from daemon: No such container: it"
        )
        assert daemon.count(STOP) == 1

    def test_nor_is_one_that_is_gone_when_the_daemon_is_back(
        self, daemon: FakeDaemon, lifecycle: Lifecycle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        daemon.on(STOP, NO_SUCH_CONTAINER)
        daemon.down()
        wait = lifecycle._closing.wait

        def back_after_the_first(pause: float) -> bool:
            if not daemon.path.exists():
                daemon.up()
            return wait(pause)

        monkeypatch.setattr(lifecycle._closing, "wait", back_after_the_first)

        assert isinstance(self.stop(lifecycle), StopFailed)
        assert daemon.count(STOP) == 1

    def test_nothing_is_believed_of_a_daemon_that_is_away(
        self, daemon: FakeDaemon, lifecycle: Lifecycle
    ) -> None:
        daemon.on(STOP, (304, None))
        daemon.on(INSPECT, inspected(255))
        daemon.down()
        back = threading.Timer(0.5, daemon.up)
        back.start()

        event = self.stop(lifecycle)

        back.join()
        assert isinstance(event, Died)
        assert event.exit_code == 255

    def test_one_that_is_back_after_the_last_attempt_is_asked_again(
        self, daemon: FakeDaemon, lifecycle: Lifecycle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        daemon.on(STOP, (304, None))
        daemon.on(INSPECT, inspected(255))
        daemon.down()

        def comes_back() -> bool:
            daemon.up()
            return True

        monkeypatch.setattr(lifecycle, "_answers", comes_back)

        event = self.stop(lifecycle)

        assert isinstance(event, Died)
        assert event.exit_code == 255

    def test_the_end_of_the_run_ends_the_wait(
        self, daemon: FakeDaemon, lifecycle: Lifecycle
    ) -> None:
        daemon.down()
        end = threading.Timer(0.2, lifecycle.close)
        end.start()

        assert isinstance(self.stop(lifecycle), StopFailed)
        end.join()
