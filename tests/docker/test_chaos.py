"""What goes wrong around a task: the daemon, the emulator, an image, a container, a connection.

Each time the task ends in the state and with the reason that the agent would report, whoever waits
is told in good time, and nothing is left.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from docker import DockerClient
from docker.errors import NotFound
from docker.transport.unixconn import UnixHTTPConnection
from support.private_daemon import PrivateDaemon
from support.projects import site, write
from support.tasks import READY, RunTask, Tasks, obeys
from support.waiting import until

from pytest_multidocker import expect
from pytest_multidocker.ecs.actions import Create, Pull, Start
from pytest_multidocker.ecs.events import EngineEvent
from pytest_multidocker.engine.identity import TaskIdentity
from pytest_multidocker.engine.machine import Machine
from pytest_multidocker.engine.protocol import EngineAction
from pytest_multidocker.engine.run import Run
from pytest_multidocker.engine.sweep import Removed, leftovers
from pytest_multidocker.errors import EmulatorError, TaskError
from pytest_multidocker.stack.stack import Stack, StackOptions

Json = dict[str, Any]
PROMPT = 50.0  # seconds: less than any of the waits that end early
LONG = 60.0


@pytest.fixture
def stacks(docker_client: DockerClient) -> Iterator[Callable[..., Stack]]:
    """Makes stacks of Dockerrun files; nothing of them may be left in the end."""
    made: list[tuple[Stack, str, Path]] = []

    def make(folder: Path, file: Json, **options: Any) -> Stack:
        stack = Stack(StackOptions(write(folder, file), **options))
        handle = stack.platform.emulator.handle
        made.append((stack, handle.run_id, Path(handle.workdir)))
        return stack

    yield make
    for stack, run_id, workdir in made:
        stack.close()
        assert leftovers(docker_client, run_id) == Removed(run_id)
        assert not workdir.exists()


class Waiting:
    """A thread that waits for what ``wait`` waits for, and how that ended."""

    def __init__(self, wait: Callable[[], object]) -> None:
        self._wait = wait
        self._outcome: BaseException | None = None
        self._took = 0.0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        began = time.monotonic()
        try:
            self._wait()
        except Exception as error:  # noqa: BLE001 - it is what the test asks for
            self._outcome = error
        self._took = time.monotonic() - began

    def outcome(self) -> BaseException | None:
        """The error with which the wait ended, within the time promised."""
        self._thread.join(PROMPT)
        assert not self._thread.is_alive(), "it waits on"
        return self._outcome


def connect(connection: UnixHTTPConnection) -> None:
    """Connect as Docker's library does, without leaving a socket open where nobody listens."""
    door = socket.socket(socket.AF_UNIX)
    try:
        door.settimeout(connection.timeout)
        door.connect(connection.unix_socket)
    except BaseException:
        door.close()
        raise
    connection.sock = door


@pytest.mark.skipif(
    os.geteuid() != 0 or Machine().which("dockerd") is None,
    reason="starting a second dockerd needs root and an installed dockerd",
)
class TestDaemonRestarted:
    """The Docker daemon goes away in the middle of a task, and comes back."""

    @pytest.fixture
    def private(
        self, socket_folder: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[PrivateDaemon]:
        monkeypatch.setattr(UnixHTTPConnection, "connect", connect)
        daemon = PrivateDaemon(socket_folder, *getattr(request, "param", ()))
        try:
            yield daemon
        finally:
            daemon.close()

    @pytest.fixture
    def there(
        self, private: PrivateDaemon, docker_client: DockerClient, busybox: str
    ) -> Iterator[Tasks]:
        """An agent on the private daemon."""
        client = private.start()
        client.images.load(b"".join(docker_client.images.get(busybox).save(named=True)))
        run = Run.start()
        tasks = Tasks(client, run, busybox)
        try:
            yield tasks
            tasks.close()
            assert leftovers(client, run.id) == Removed(run.id)
        finally:
            run.end()

    def running(self, tasks: Tasks) -> RunTask:
        return tasks.run(
            {"name": "web", "command": obeys(42)},
            {"name": "job", "command": obeys(43), "essential": False},
        ).running()

    def test_the_containers_end_with_the_daemon(self, private: PrivateDaemon, there: Tasks) -> None:
        task = self.running(there)
        private.stop()
        private.start()
        task.stopped()
        assert task.order()[-1] == ("task", "STOPPED")
        for name in ("web", "job"):
            assert task.container(name).exit_code == task.inspect(name)["State"]["ExitCode"]
        assert task.container("web").exit_code == 42

    def test_the_daemon_is_killed_and_ends_the_containers_when_it_is_back(
        self, private: PrivateDaemon, there: Tasks
    ) -> None:
        task = self.running(there)
        private.stop(signal.SIGKILL)
        private.start()
        task.stopped()
        for name in ("web", "job"):
            assert task.container(name).exit_code == task.inspect(name)["State"]["ExitCode"]

    @pytest.mark.parametrize("private", [("--live-restore",)], indirect=True)
    @pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL])
    def test_containers_that_live_on_are_followed_on(
        self, private: PrivateDaemon, there: Tasks, by: int
    ) -> None:
        task = self.running(there)
        before = task.order()
        private.stop(by)
        private.start()
        there.client.api.kill(task.docker_name("job"))
        task.wait("job", "STOPPED")
        assert task.container("job").exit_code == 137
        assert task.order() == [*before, ("job", "STOPPED")]
        task.stop().stopped()
        assert task.container("web").exit_code == 42

    @pytest.mark.parametrize("private", [("--live-restore",)], indirect=True)
    def test_one_that_dies_meanwhile_is_told_afterwards(
        self, private: PrivateDaemon, there: Tasks
    ) -> None:
        task = self.running(there)
        pid = task.inspect("web")["State"]["Pid"]
        private.stop()
        os.kill(pid, signal.SIGKILL)
        private.start()
        task.stopped()
        assert task.container("web").exit_code == task.inspect("web")["State"]["ExitCode"] != 0
        assert task.container("job").exit_code == 43

    def test_a_stop_under_way_is_carried_through(
        self, private: PrivateDaemon, there: Tasks
    ) -> None:
        stubborn = ["busybox", "sh", "-c", "trap '' TERM; sleep 1000 & wait; sleep 1000"]
        task = there.run({"name": "web", "command": stubborn, "stopTimeout": 30}).running()
        task.stop()
        private.stop(signal.SIGKILL)
        private.start()
        task.stopped()
        assert task.container("web").exit_code == task.inspect("web")["State"]["ExitCode"] == 137

    def test_a_test_that_waits_sees_the_task_stop(
        self,
        private: PrivateDaemon,
        there: Tasks,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("DOCKER_HOST", private.host)
        file = site(web={"command": obeys(42)}, api={"command": obeys(43)})
        stack = Stack(StackOptions(write(tmp_path, file)))
        try:
            task = stack.new_task()
            until(lambda: all(READY in task.logs(name) for name in ("web", "api")))
            waiting = Waiting(lambda: expect.task_stopped(task, timeout=LONG))
            private.stop()
            private.start()
            assert waiting.outcome() is None
            assert task.stop_code == "EssentialContainerExited"
            expect.stopped(task, "web", exit_code=42)
            expect.stopped(task, "api", exit_code=43)
        finally:
            stack.close()


class TestEventStreamCut:
    def test_a_test_that_waits_misses_nothing(
        self, stacks: Callable[..., Stack], tmp_path: Path
    ) -> None:
        stack = stacks(tmp_path, site())
        task = stack.new_task()
        waiting = Waiting(lambda: expect.stopped(task, "job", exit_code=137, timeout=LONG))
        stack.platform.monitor._stream.interrupt()
        task.kill("job")
        assert waiting.outcome() is None
        expect.running(task, "web", "api")


class TestRemovedBehindOurBack:
    def test_an_essential_container(self, tasks: Tasks) -> None:
        task = tasks.run(
            {"name": "web", "command": obeys(42)}, {"name": "job", "command": obeys(43)}
        ).running()
        tasks.client.api.remove_container(task.docker_name("web"), force=True)
        task.stopped()
        assert task.container("web").exit_code == 137
        assert task.container("web").reason is None
        assert task.container("job").exit_code == 43

    def test_any_other_container(self, tasks: Tasks) -> None:
        task = tasks.run(
            {"name": "web", "command": obeys(42)},
            {"name": "job", "command": obeys(43), "essential": False},
        ).running()
        tasks.client.api.remove_container(task.docker_name("job"), force=True)
        task.wait("job", "STOPPED")
        assert task.container("job").exit_code == 137
        task.stop().stopped()
        assert task.container("web").exit_code == 42

    def test_one_that_was_about_to_start(
        self, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def lose(task: TaskIdentity) -> None:
            tasks.client.api.remove_container(task.container_name("web"))

        once_done(monkeypatch, tasks, Create, lose)
        task = tasks.run({"name": "web"}).stopped()
        web = task.container("web")
        assert web.exit_code is None
        assert str(web.reason).startswith(
            "CannotStartContainerError: Error response from daemon: No such container: "
        )

    def test_one_that_links_have_kept_from_starting(
        self, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def lose(task: TaskIdentity) -> None:
            with contextlib.suppress(NotFound):
                tasks.client.api.remove_container(task.container_name("db"), force=True)

        once_done(monkeypatch, tasks, Start, lose)
        task = tasks.run(
            {"name": "db", "essential": False, "command": obeys(43)},
            {"name": "web", "links": ["db"], "command": obeys(42)},
        ).stopped()
        assert task.container("db").exit_code == 137
        assert task.container("web").exit_code is None
        assert "Error response from daemon: " in str(task.container("web").reason)


def once_done(
    monkeypatch: pytest.MonkeyPatch,
    tasks: Tasks,
    kind: type,
    then: Callable[[TaskIdentity], None],
) -> None:
    """Have something done right after the engine has done actions of that kind."""
    perform = tasks.engine.perform

    def and_then(action: EngineAction, task: TaskIdentity) -> EngineEvent:
        event = perform(action, task)
        if isinstance(action, kind):
            then(task)
        return event

    monkeypatch.setattr(tasks.engine, "perform", and_then)


class TestImageDeleted:
    GONE = "multidocker-gone:1"

    @pytest.mark.parametrize("essential", [True, False])
    def test_between_pull_and_create(
        self, tasks: Tasks, busybox: str, monkeypatch: pytest.MonkeyPatch, essential: bool
    ) -> None:
        def delete(_task: TaskIdentity) -> None:
            with contextlib.suppress(NotFound):
                tasks.client.api.remove_image(self.GONE, noprune=True)

        tasks.client.images.get(busybox).tag(self.GONE)
        once_done(monkeypatch, tasks, Pull, delete)
        task = tasks.run(
            {"name": "gone", "image": self.GONE, "essential": essential},
            {"name": "web", "command": obeys(42)},
        )
        task.wait("gone", "STOPPED")
        gone = task.container("gone")
        assert gone.exit_code is None
        assert gone.reason == (
            f"CannotCreateContainerError: Error response from daemon: No such image: {self.GONE}"
        )
        if not essential:
            task.running().stop()
        task.stopped()


class TestEmulatorKilled:
    def test_whoever_waits_is_told_at_once(
        self, stacks: Callable[..., Stack], tmp_path: Path
    ) -> None:
        stack = stacks(tmp_path, site())
        task = stack.new_task()
        pid = stack.platform.emulator.pid
        waiting = Waiting(lambda: expect.stopped(task, "job", timeout=LONG))
        os.kill(pid, signal.SIGKILL)
        error = waiting.outcome()
        assert isinstance(error, EmulatorError)
        assert str(error).startswith(f"The emulator at {stack.platform.emulator.endpoint_url} ")
        assert f"(process {pid}) was ended by signal 9 (Killed)." in str(error)
        for call in (task.stop, stack.new_task, lambda: expect.task_stopped(task)):
            with pytest.raises(EmulatorError, match="was ended by signal 9"):
                call()

    def test_a_test_run_fails_in_good_time_and_leaves_nothing(
        self, pytester: pytest.Pytester, busybox: str, docker_client: DockerClient
    ) -> None:
        write(pytester.path, site(), busybox)
        pytester.makepyfile(
            """
            import os, signal
            from pytest_multidocker import expect

            def test_own(ecs_task_factory, multidocker_stack):
                task = ecs_task_factory()
                emulator = multidocker_stack.platform.emulator
                print("RUN", emulator.run_id, emulator.handle.workdir)
                os.kill(emulator.pid, signal.SIGKILL)
                expect.stopped(task, "job")

            def test_next(ecs_task_factory):
                ecs_task_factory()
            """
        )
        began = time.monotonic()
        result = pytester.runpytest_subprocess(timeout=150)
        assert time.monotonic() - began < LONG
        result.assert_outcomes(failed=2)
        result.stdout.fnmatch_lines(
            ["E *EmulatorError: The emulator at http*was ended by signal 9 (Killed).*"]
        )
        _, run_id, workdir = next(x for x in result.outlines if x.startswith("RUN")).split()
        assert leftovers(docker_client, run_id) == Removed(run_id)
        assert not Path(workdir).exists()

    def test_the_last_of_several_workers_removes_what_it_has_left(
        self, pytester: pytest.Pytester, busybox: str, docker_client: DockerClient
    ) -> None:
        write(pytester.path, site(), busybox)
        pytester.makepyfile(
            """
            import os, signal
            from pathlib import Path

            def test_own(ecs_task, multidocker_stack):
                emulator = multidocker_stack.platform.emulator
                Path("run").write_text(emulator.run_id)
                os.kill(emulator.pid, signal.SIGKILL)
            """
        )
        pytester.runpytest_subprocess("-n1", timeout=150)
        run_id = (pytester.path / "run").read_text()
        assert leftovers(docker_client, run_id) == Removed(run_id)


class TestNeverRunning:
    """A task that cannot come to run ends the wait for it, and says why."""

    DB: ClassVar[Json] = {
        "command": ["busybox", "sh", "-c", "sleep 1; echo no disk; exit 3"],
        "healthCheck": {"command": ["CMD", "false"], "interval": 5, "retries": 1},
    }
    WAITS: ClassVar[Json] = {
        "dependsOn": [{"containerName": "api", "condition": "HEALTHY"}],
        "links": None,
    }

    def failure(self, stack: Stack) -> str:
        began = time.monotonic()
        with pytest.raises(TaskError) as caught:
            stack.new_task()
        assert time.monotonic() - began < LONG
        return str(caught.value)

    def test_what_it_waits_for_has_ended(
        self, stacks: Callable[..., Stack], tmp_path: Path
    ) -> None:
        stack = stacks(tmp_path, site(api=self.DB, web=self.WAITS), timeout=600)
        words = self.failure(stack)
        assert words.startswith("The task did not come to run:\ntask STOPPED: Task failed to start")
        assert "web STOPPED, exit code 143, CannotStartContainerError: dependency graph: " in words
        assert "api STOPPED, exit code 3\n" in words
        assert words.endswith("last log lines of api:\n    no disk")

    def test_what_it_waits_for_stays_unhealthy(
        self, stacks: Callable[..., Stack], tmp_path: Path
    ) -> None:
        check = ["CMD-SHELL", "echo no route to the disk; exit 1"]
        api = {"healthCheck": {**self.DB["healthCheck"], "command": check}}
        stack = stacks(tmp_path, site(api=api, web=self.WAITS), timeout=9)
        words = self.failure(stack)
        assert words.startswith("The task did not come to run within 9 s:\ntask PENDING\n")
        assert "web depends on api: HEALTHY; it is RUNNING and UNHEALTHY\n" in words
        assert words.endswith("last health check of api:\n    no route to the disk")

    def test_it_cannot_be_started(self, stacks: Callable[..., Stack], tmp_path: Path) -> None:
        stack = stacks(tmp_path, site(web={"command": ["/nowhere"]}), timeout=600)
        words = self.failure(stack)
        assert words.startswith("The task did not come to run:\ntask STOPPED: Task failed to start")
        assert "web STOPPED, CannotStartContainerError: Error response from daemon: " in words

    def test_it_exits_before_the_others_run(
        self, stacks: Callable[..., Stack], tmp_path: Path
    ) -> None:
        command = ["busybox", "sh", "-c", "sleep 1; echo no licence; exit 9"]
        web = {"command": command, "healthCheck": self.DB["healthCheck"]}
        waits = {"dependsOn": [{"containerName": "web", "condition": "HEALTHY"}]}
        stack = stacks(tmp_path, site(web=web, job=waits), timeout=600)
        words = self.failure(stack)
        assert "web STOPPED, exit code 9" in words
        assert words.endswith("last log lines of web:\n    no licence")
