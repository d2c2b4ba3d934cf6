"""What a test can do to a running task, and that ECS reports of it what docs/faults.md says."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from docker import DockerClient
from docker.errors import APIError
from support.projects import site, write

from pytest_multidocker import expect
from pytest_multidocker.engine.building import build_files
from pytest_multidocker.engine.observation import seconds
from pytest_multidocker.engine.sweep import Removed, leftovers
from pytest_multidocker.errors import TaskError
from pytest_multidocker.project.settings import Settings
from pytest_multidocker.stack.probe import Probe
from pytest_multidocker.stack.stack import Stack, StackOptions
from pytest_multidocker.stack.task import Task

MIB = 1024 * 1024
OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
ESSENTIAL_EXITED = "Essential container in task exited"
CODE_ESSENTIAL_EXITED = "EssentialContainerExited"
SOON = 25.0  # seconds: less than any default timeout
ROUTED = {"command": ["CMD-SHELL", "ip route | grep default"], "interval": 5, "retries": 1}
WRITE = "/busybox dd if=/dev/zero of=/data/$$ bs=1k count=1 && /busybox rm /data/$$"
WRITES = {"command": ["CMD", "/busybox", "sh", "-c", WRITE], "interval": 5, "retries": 1}
BARE = "multidocker-bare:1"

LIVES = "trap 'exit 42' TERM; trap : USR1; echo up; while :; do /busybox sleep 1 & wait; done"
JOB: dict[str, Any] = {
    "image": BARE,
    "command": ["/busybox", "sh", "-c", LIVES],
    "readonlyRootFilesystem": True,
    "user": "1000:1000",
    "healthCheck": WRITES,
    "linuxParameters": {
        "capabilities": {"drop": ["ALL"]},
        "tmpfs": [{"containerPath": "/data", "size": 4}],
    },
    "mountPoints": [
        {"sourceVolume": "bounded", "containerPath": "/bounded"},
        {"sourceVolume": "plain", "containerPath": "/plain"},
        {"sourceVolume": "project", "containerPath": "/project"},
    ],
}
"""As hard as it gets: no shell, no root, no capabilities, no disk to write to but those mounted."""

VOLUMES: list[dict[str, Any]] = [
    {"name": "plain"},
    {"name": "project", "host": {"sourcePath": "/var/app/current"}},
    {
        "name": "bounded",
        "dockerVolumeConfiguration": {
            "scope": "task",
            "driver": "local",
            "driverOpts": {"type": "tmpfs", "device": "tmpfs", "o": "size=2m"},
        },
    },
]


@pytest.fixture(scope="module")
def bare(docker_client: DockerClient, busybox: str) -> Iterator[str]:
    """An image that holds one program and nothing else, not even a shell."""
    dockerfile = f"FROM {busybox} AS tools\nFROM scratch\nCOPY --from=tools /bin/busybox /busybox\n"
    build_files(docker_client, BARE, {"Dockerfile": dockerfile.encode()})
    yield BARE
    docker_client.images.remove(BARE)


@pytest.fixture(scope="module")
def stack(
    tmp_path_factory: pytest.TempPathFactory, bare: str, docker_client: DockerClient
) -> Iterator[Stack]:
    file = site(
        web={"command": ["busybox", "httpd", "-f", "-p", "80", "-h", "/bin"]},
        api={"healthCheck": ROUTED, "portMappings": [{"containerPort": 5000}]},
        job=JOB,
    )
    path = write(tmp_path_factory.mktemp("faulty"), {**file, "volumes": VOLUMES})
    stack = Stack(StackOptions(path, Settings(allow=("devices",))))
    yield stack
    run_id = stack.platform.emulator.run_id
    stack.close()
    assert leftovers(docker_client, run_id) == Removed(run_id)


@pytest.fixture
def new_task(stack: Stack) -> Iterator[Callable[..., Task]]:
    yield stack.new_task
    began = time.monotonic()
    stack.end_test()
    assert time.monotonic() - began < SOON


@pytest.fixture
def task(new_task: Callable[..., Task]) -> Task:
    return new_task()


def answers(task: Task, container: str, port: int) -> bool:
    """Whether an HTTP request from here gets an answer, or only a connection, or nothing."""
    try:
        with socket.create_connection(task.address(container, port), timeout=2) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            return connection.recv(4) == b"HTTP"
    except OSError:
        return False


def states(task: Task) -> dict[str, str]:
    return {name: container.status for name, container in task.containers.items()}


ALL_RUN = {"web": "RUNNING", "api": "RUNNING", "job": "RUNNING"}


@pytest.mark.parametrize("limit", [6, 32, 128])
def test_the_first_process_is_the_one_to_go_whatever_the_limit(
    limit: int, tmp_path: Path, busybox: str
) -> None:
    write(tmp_path, site(api={"memory": limit}), busybox)
    stack = Stack(StackOptions(tmp_path / "Dockerrun.aws.json"))
    try:
        task = stack.new_task()
        task.oom("api")
        expect.stopped(task, "api", exit_code=137, reason=OUT_OF_MEMORY)
    finally:
        stack.close()


def test_a_probe_of_what_does_not_run_is_not_left_behind(
    docker_client: DockerClient, busybox: str
) -> None:
    labels = {"io.multidocker.test": "probe"}
    container = docker_client.containers.create(busybox)
    try:
        with pytest.raises(APIError):
            Probe(docker_client, busybox, str(container.id), labels)
    finally:
        container.remove()
    label = "io.multidocker.test=probe"
    assert docker_client.containers.list(all=True, filters={"label": label}) == []


class TestKill:
    def test_of_an_essential_container(self, task: Task) -> None:
        task.kill("web")
        expect.stopped(task, "web", exit_code=137)
        expect.task_stopped(task, reason=ESSENTIAL_EXITED, code=CODE_ESSENTIAL_EXITED)
        expect.stopped(task, "job", exit_code=42)

    def test_with_a_signal_that_the_container_heeds(self, task: Task) -> None:
        task.kill("job", "SIGTERM")
        expect.stopped(task, "job", exit_code=42)
        expect.running(task, "web", "api")

    def test_with_a_signal_that_it_outlives_ecs_sees_nothing(self, task: Task) -> None:
        task.kill("job", "SIGUSR1")
        expect.running(task)

    def test_of_what_does_not_run(self, task: Task) -> None:
        task.kill("job")
        expect.stopped(task, "job")
        with pytest.raises(TaskError, match=r"'job' cannot be killed: .*'job' is not running"):
            task.kill("job")


def test_stop(task: Task) -> None:
    task.stop("seen enough")
    expect.task_stopped(task, reason="seen enough", code="UserInitiated")
    expect.stopped(task, "job", exit_code=42)


class TestPause:
    def test_nothing_answers_and_ecs_sees_nothing(self, task: Task) -> None:
        assert answers(task, "web", 80)
        task.pause("web")
        assert not answers(task, "web", 80)
        assert task.probe("api").connects(task.ip_address("web"), 80)  # the kernel does
        assert states(task) == ALL_RUN
        task.unpause("web")
        assert answers(task, "web", 80)
        expect.running(task)

    def test_health_stays_as_it_was(self, task: Task) -> None:
        expect.healthy(task, "job")
        task.pause("job")
        task.wait(lambda: task.containers["job"].health != "HEALTHY", 7)  # more than an interval
        assert task.containers["job"].health == "HEALTHY"

    def test_a_stop_wakes_it_to_its_stop_signal(self, task: Task) -> None:
        task.pause("job")
        began = time.monotonic()
        task.stop()
        assert time.monotonic() - began < SOON
        expect.stopped(task, "job", exit_code=42)

    def test_the_death_of_another_container_reaches_it(self, task: Task) -> None:
        task.pause("job")
        task.kill("web")
        expect.task_stopped(task, code=CODE_ESSENTIAL_EXITED, timeout=SOON)
        expect.stopped(task, "job", exit_code=42)

    def test_what_cannot_be_is_one_clear_error(self, task: Task) -> None:
        with pytest.raises(TaskError, match=r"'job' cannot be unpaused: .*'job' is not paused"):
            task.unpause("job")
        task.pause("job")
        with pytest.raises(TaskError, match=r"'job' cannot be paused: .*'job' is already paused"):
            task.pause("job")


class TestOom:
    @pytest.mark.parametrize("container", ["job", "api"])
    def test_the_container_alone(self, task: Task, container: str) -> None:
        task.oom(container)
        expect.stopped(task, container, exit_code=137, reason=OUT_OF_MEMORY)
        expect.running(task, *(set(ALL_RUN) - {container}))

    def test_of_an_essential_container(self, task: Task) -> None:
        task.oom("web")
        expect.task_stopped(task, reason=ESSENTIAL_EXITED, code=CODE_ESSENTIAL_EXITED)
        expect.stopped(task, "web", exit_code=137, reason=OUT_OF_MEMORY)


class TestFillDisk:
    @pytest.mark.parametrize("path", ["/data", "/bounded", "/dev/shm"])
    def test_no_space_is_left(self, task: Task, path: str) -> None:
        task.fill_disk("job", path)
        assert "No space left on device" in write_into(task, f"{path}/x")
        expect.running(task)
        task.free_disk("job", path)
        assert write_into(task, f"{path}/x") == ""

    def test_some_may_be_left(self, task: Task) -> None:
        for free in (2, 1):
            task.fill_disk("job", "/data", leave=free * MIB)
            command = ["/busybox", "dd", "if=/dev/zero", "of=/data/x", "bs=1M", "count=3"]
            code, output = task.container("job").exec(command)
            assert code == 1
            assert f"{free}+0 records out".encode() in bytes_of(output)
            assert write_into(task, "/data/x") == ""  # a kilobyte instead

    def test_ecs_sees_what_the_health_check_makes_of_it(self, task: Task) -> None:
        expect.healthy(task, "job")
        task.fill_disk("job", "/data")
        expect.unhealthy(task, "job")
        assert "No space left on device" in task.last_health_check("job")
        expect.running(task)
        task.free_disk("job", "/data")
        expect.healthy(task, "job")

    @pytest.mark.parametrize(
        ("container", "path", "why"),
        [
            ("job", "/plain", r"^/plain of 'job' is on a disk of the kind \w+\. Only a tmpfs"),
            ("job", "/project", r"^/project of 'job' is .*linuxParameters\.tmpfs"),
            ("web", "/bin", "^/bin of 'web' is on a disk of the kind "),
            ("web", "/proc", "^/proc of 'web' is on a disk of the kind proc"),
            ("job", "/nowhere", r"^'job' has no folder /nowhere\.$"),
            ("job", "/busybox", r"^'job' has no folder /busybox\.$"),
            ("job", "data", r"^'data' is no absolute path in 'job'\.$"),
        ],
    )
    def test_the_disk_of_the_machine_is_never_filled(
        self, stack: Stack, container: str, path: str, why: str
    ) -> None:
        with pytest.raises(TaskError, match=why):
            stack.shared_task().fill_disk(container, path)


def write_into(task: Task, path: str) -> str:
    """Return what a write of one kilobyte in the container says, if it fails."""
    command = ["/busybox", "dd", "if=/dev/zero", f"of={path}", "bs=1k", "count=1"]
    code, output = task.container("job").exec(command)
    return bytes_of(output).decode() if code else ""


def bytes_of(output: Any) -> bytes:
    assert isinstance(output, bytes)
    return output


class TestDisconnect:
    def test_nobody_reaches_it_and_it_reaches_nobody(self, task: Task) -> None:
        address, other = task.ip_address("api"), task.ip_address("web")
        published = task.address("api", 5000)
        expect.linked(task, "web", "api")
        task.disconnect("api")
        assert not task.probe("web").connects(address, 5000)
        assert not task.probe("api").connects(other, 80)
        assert not answers(task, "api", 5000)
        assert states(task) == ALL_RUN
        task.reconnect("api")
        assert answers(task, "api", 5000)  # the first request too
        expect.linked(task, "web", "api", "backend", "api")
        expect.not_linked(task, "api", "web")
        assert expect.port_mapping(task, "api", 5000).startswith("HTTP")
        assert task.probe("api").connects(other, 80)
        assert (task.ip_address("api"), task.address("api", 5000)) == (address, published)

    def test_the_way_out_of_the_bridge_is_there_again(self, task: Task) -> None:
        def routes() -> bytes:
            return bytes(task.container("api").exec(["ip", "route"]).output)

        before = routes()
        task.disconnect("api")
        assert routes() == b""
        task.reconnect("api")
        assert sorted(routes().split()) == sorted(before.split())

    def test_ecs_sees_what_the_health_check_makes_of_it(self, task: Task) -> None:
        expect.healthy(task, "api")
        task.disconnect("api")
        expect.unhealthy(task, "api")
        expect.running(task)
        task.reconnect("api")
        expect.healthy(task, "api")

    def test_of_what_does_not_run(self, task: Task) -> None:
        task.kill("api")
        expect.stopped(task, "api")
        with pytest.raises(TaskError, match="'api' is not on the bridge, or does not run"):
            task.disconnect("api")


class TestSlowStart:
    def test_the_container_runs_before_its_application(self, new_task: Callable[..., Task]) -> None:
        task = new_task(slow_start={"api": 600})
        assert states(task) == ALL_RUN
        assert 5000 not in task.probe("api").listening()
        assert not answers(task, "api", 5000)

    def test_whatever_the_image(self, new_task: Callable[..., Task]) -> None:
        task = new_task(slow_start={"job": 2, "web": 1})
        expect.port_mapping(task, "web", 80)
        expect.healthy(task, "job")
        started = seconds(task.inspect("job")["State"]["StartedAt"])
        first_line: bytes = task.container("job").get_wrapped_container().logs(timestamps=True)
        # Docker takes note of the start some time after the process has begun to wait.
        assert 1 < seconds(first_line.decode().split()[0]) - started < 2 + SOON
        task.kill("job", "SIGTERM")
        expect.stopped(task, "job", exit_code=42)  # of its own trap, as the first process

    def test_a_stop_does_not_wait_for_it(self, new_task: Callable[..., Task]) -> None:
        task = new_task(slow_start={"job": 600, "api": 600})
        began = time.monotonic()
        task.stop()
        assert time.monotonic() - began < SOON
        expect.stopped(task, "job", exit_code=143)

    def test_the_next_task_starts_as_ever(self, new_task: Callable[..., Task]) -> None:
        new_task(slow_start={"api": 600})
        expect.linked(new_task(), "web", "api")

    def test_of_no_container_is_one_clear_error(self, new_task: Callable[..., Task]) -> None:
        with pytest.raises(TaskError, match=r"no container 'apy' to start slowly, only web, api"):
            new_task(slow_start={"apy": 1})


def test_health_that_is_not_as_expected(stack: Stack) -> None:
    task = stack.shared_task()
    with pytest.raises(AssertionError, match=r"^ECS reports no health of 'web': "):
        expect.healthy(task, "web")
    expect.healthy(task, "api")
    with pytest.raises(AssertionError) as caught:
        expect.unhealthy(task, "api", timeout=0.1)
    assert str(caught.value).startswith(
        "'api' is not UNHEALTHY within 0.1 s; its last check said: default via "
    )


def test_the_shared_task_is_healed_when_a_test_ends(stack: Stack) -> None:
    task = stack.shared_task()
    task.pause("web")
    task.disconnect("api")
    task.fill_disk("job", "/data")
    task.fill_disk("job", "/bounded")
    stack.end_test()
    assert answers(task, "web", 80)
    expect.linked(task, "web", "api")
    assert write_into(task, "/data/x") == write_into(task, "/bounded/x") == ""


def test_what_is_dead_is_not_healed(new_task: Callable[..., Task], stack: Stack) -> None:
    task = new_task()
    task.disconnect("api")
    task.fill_disk("job", "/data")
    task.kill("api")
    expect.stopped(task, "api")
    task.container("job").stop()  # removes it behind the agent's back
    task.heal()


def test_a_network_that_there_is_not_cannot_be_taken(
    tmp_path: Path, busybox: str, docker_client: DockerClient
) -> None:
    file = site(job={"disableNetworking": True, "memory": None, "memoryReservation": 16})
    stack = Stack(StackOptions(write(tmp_path, file, busybox)))
    try:
        task = stack.new_task()
        with pytest.raises(TaskError, match="'job' is not on the bridge"):
            task.disconnect("job")
        with pytest.raises(TaskError, match="'job' has no hard limit to exceed"):
            task.oom("job")
    finally:
        stack.close()


def test_users_have_them_from_the_fixture(pytester: pytest.Pytester, busybox: str) -> None:
    write(pytester.path, site(), busybox)
    pytester.makepyfile(
        """
        from pytest_multidocker import expect

        def test_slow(ecs_task_factory):
            task = ecs_task_factory(slow_start={"web": 600, "job": 0.5})
            assert 80 not in task.probe("web").listening()
            expect.running(task)

        def test_paused(ecs_task):
            ecs_task.pause("web")

        def test_healed(ecs_task):
            assert expect.port_mapping(ecs_task, "web", 80) == "HTTP 404 Not Found"
        """
    )
    pytester.runpytest_subprocess(timeout=150).assert_outcomes(passed=3)
