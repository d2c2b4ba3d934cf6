"""Nothing of a run is left, however its emulator or its owner ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from support.clients import client
from support.processes import started
from support.waiting import until

from pytest_multidocker.aws.options import EmulatorOptions
from pytest_multidocker.aws.process import (
    EmulatorHandle,
    EmulatorProcess,
    attach_emulator,
    start_emulator,
)
from pytest_multidocker.engine.erasing import erase
from pytest_multidocker.engine.redirection import Redirection, redirections
from pytest_multidocker.engine.run import RUN_LABEL, known_runs, run_labels, runs_dir
from pytest_multidocker.engine.sweep import leftovers, remove_run
from pytest_multidocker.errors import EmulatorError

IMAGE = "multidocker-redis:7"

# Owns an emulator and does nothing more, as a pytest that is in the middle of a test.
_OWNER = """
import json, sys, time
from pytest_multidocker.aws.options import EmulatorOptions
from pytest_multidocker.aws.process import start_emulator
emulator = start_emulator(EmulatorOptions())
print(json.dumps(emulator.handle.as_dict()), flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of this test are known to this test only."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


@pytest.fixture(scope="module")
def engine() -> Iterator[docker.DockerClient]:
    client = docker.from_env()
    yield client
    client.close()


@pytest.fixture
def owner() -> Iterator[subprocess.Popen[str]]:
    with started([sys.executable, "-c", _OWNER], stdin=subprocess.PIPE) as process:
        yield process


def handle_of(owner: subprocess.Popen[str]) -> EmulatorHandle:
    assert owner.stdout is not None
    return EmulatorHandle(**json.loads(owner.stdout.readline()))


def create_databases(handle: EmulatorHandle) -> None:
    client(handle.endpoint_url, "rds").create_db_instance(
        DBInstanceIdentifier="db",
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        MasterUsername="postgres",
        MasterUserPassword="postgrespassword",
    )
    client(handle.endpoint_url, "elasticache").create_cache_cluster(
        CacheClusterId="cache", Engine="redis", CacheNodeType="cache.t2.micro"
    )


def wait_for_databases(handle: EmulatorHandle) -> None:
    left = {"db", "cache"}
    with urllib.request.urlopen(f"{handle.endpoint_url}/_multidocker/events", timeout=60) as stream:
        while left:
            line = stream.readline()
            if line.strip() and json.loads(line)["kind"] == "database.available":
                left.remove(json.loads(line)["id"])


def run_task(handle: EmulatorHandle) -> None:
    """Start a task of two containers with a volume, in whatever state it is then."""
    ecs = client(handle.endpoint_url, "ecs")
    definition = {
        "image": IMAGE,
        "memory": 64,
        "essential": True,
        "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}],
    }
    ecs.register_task_definition(
        family="app",
        containerDefinitions=[{**definition, "name": name} for name in ("one", "two")],
        volumes=[{"name": "data"}],
    )
    response = ecs.run_task(taskDefinition="app")
    assert response["failures"] == []
    ecs.get_waiter("tasks_running").wait(
        tasks=[response["tasks"][0]["taskArn"]], WaiterConfig={"Delay": 1}
    )


def is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"  # a zombie holds nothing


def rest_of(engine: docker.DockerClient, handle: EmulatorHandle) -> list[str]:
    """Return whatever is left of a run: nothing, if all is well."""
    objects = leftovers(engine, handle.run_id)
    rest = [*objects.containers, *objects.volumes, *objects.networks, *objects.rules]
    rest += [path for path in (handle.workdir,) if Path(path).exists()]
    rest += [str(path) for path in runs_dir().iterdir()]
    if is_alive(handle.pid):
        rest.append(f"process {handle.pid}")
    return rest


def test_a_killed_owner_leaves_nothing(
    engine: docker.DockerClient, owner: subprocess.Popen[str]
) -> None:
    handle = handle_of(owner)
    create_databases(handle)
    run_task(handle)
    wait_for_databases(handle)
    left = leftovers(engine, handle.run_id)
    assert len(left.containers) == 4
    owner.kill()
    until(lambda: not rest_of(engine, handle))


def test_an_owner_killed_while_databases_are_started_leaves_nothing(
    engine: docker.DockerClient, owner: subprocess.Popen[str]
) -> None:
    handle = handle_of(owner)
    create_databases(handle)
    owner.kill()
    until(lambda: not is_alive(handle.pid))
    assert rest_of(engine, handle) == []


def test_an_owner_killed_before_the_emulator_has_loaded_leaves_nothing(
    engine: docker.DockerClient, owner: subprocess.Popen[str]
) -> None:
    handle = handle_of(owner)
    owner.kill()
    until(lambda: not is_alive(handle.pid))
    assert rest_of(engine, handle) == []


def test_an_emulator_that_is_ended_before_it_has_loaded_leaves_nothing(
    engine: docker.DockerClient,
) -> None:
    emulator = start_emulator(EmulatorOptions())

    emulator.stop(60)

    assert rest_of(engine, emulator.handle) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_serve_in_order(engine: docker.DockerClient, number: int) -> None:
    command = [sys.executable, "-m", "pytest_multidocker", "serve", "--port=0"]
    with started(command, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        words = process.stdout.readline().split()
        (run,) = known_runs()
        handle = EmulatorHandle(words[4], run.id, process.pid, str(run.workdir))
        create_databases(handle)
        wait_for_databases(handle)
        process.send_signal(number)
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert rest_of(engine, handle) == []


def told_of_containers(clean: subprocess.CompletedProcess[str]) -> list[str]:
    """What was said of containers: the killed one's rule any other emulator may have removed."""
    return sorted(line for line in clean.stdout.splitlines() if " rule " not in line)


def test_clean_removes_what_a_killed_emulator_left(
    engine: docker.DockerClient, owner: subprocess.Popen[str]
) -> None:
    handle = handle_of(owner)
    create_databases(handle)
    wait_for_databases(handle)
    left = leftovers(engine, handle.run_id)
    os.kill(handle.pid, signal.SIGKILL)
    until(lambda: not is_alive(handle.pid))
    clean = [sys.executable, "-m", "pytest_multidocker", "clean"]
    expected = [f"container {name} (run {handle.run_id})" for name in left.containers]
    dry = subprocess.run([*clean, "--dry-run"], capture_output=True, text=True, check=True)
    assert told_of_containers(dry) == sorted(f"would remove {line}" for line in expected)
    assert leftovers(engine, handle.run_id).containers == left.containers
    done = subprocess.run(clean, capture_output=True, text=True, check=True)
    assert told_of_containers(done) == sorted(f"removed {line}" for line in expected)
    assert rest_of(engine, handle) == []
    again = subprocess.run(clean, capture_output=True, text=True, check=True)
    assert again.stdout == "nothing to remove\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may have rules")
def test_clean_removes_a_dead_run_s_rule() -> None:
    """Somebody listens where it leads, so that nobody else takes it for dead."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        rule = Redirection("dead", "0" * 12, "192.0.2.0/24", *server.getsockname())
        assert rule.insert()
        try:
            (runs_dir() / "dead.lock").touch()
            clean = [sys.executable, "-m", "pytest_multidocker", "clean"]
            done = subprocess.run(clean, capture_output=True, text=True, check=True)
            assert done.stdout == f"removed rule {rule.name} (run dead)\n"
            assert redirections("dead") == []
        finally:
            rule.remove()


def test_clean_leaves_live_runs_alone(owner: subprocess.Popen[str]) -> None:
    handle = handle_of(owner)
    create_databases(handle)
    wait_for_databases(handle)
    clean = [sys.executable, "-m", "pytest_multidocker", "clean"]
    done = subprocess.run(clean, capture_output=True, text=True, check=True)
    assert done.stdout == "nothing to remove\n"
    (cluster,) = client(handle.endpoint_url, "elasticache").describe_cache_clusters()[
        "CacheClusters"
    ]
    assert cluster["CacheClusterStatus"] == "available"


def test_the_next_emulator_sweeps_what_a_killed_one_left(
    engine: docker.DockerClient, owner: subprocess.Popen[str]
) -> None:
    handle = handle_of(owner)
    create_databases(handle)
    wait_for_databases(handle)
    os.kill(handle.pid, signal.SIGKILL)
    until(lambda: not is_alive(handle.pid))
    with start_emulator(EmulatorOptions()) as following:
        client(
            following.handle.endpoint_url, "ecs"
        ).list_clusters()  # the first answer comes after the sweep
        assert not leftovers(engine, handle.run_id)
        assert not Path(handle.workdir).exists()
    assert rest_of(engine, handle) == []


def test_stop_sweeps_after_an_emulator_that_was_killed(engine: docker.DockerClient) -> None:
    emulator = start_emulator(EmulatorOptions())
    create_databases(emulator.handle)
    wait_for_databases(emulator.handle)
    os.kill(emulator.pid, signal.SIGKILL)
    emulator.stop()
    assert rest_of(engine, emulator.handle) == []
    emulator.stop()


def test_stop_kills_an_emulator_that_hangs(engine: docker.DockerClient) -> None:
    emulator = start_emulator(EmulatorOptions())
    create_databases(emulator.handle)
    wait_for_databases(emulator.handle)
    os.kill(emulator.pid, signal.SIGSTOP)
    emulator.stop(timeout=0.5)
    assert rest_of(engine, emulator.handle) == []


def test_two_emulators_do_not_disturb_each_other(engine: docker.DockerClient) -> None:
    with start_emulator(EmulatorOptions()) as one:
        create_databases(one.handle)
        with start_emulator(EmulatorOptions()) as two:
            create_databases(two.handle)
            wait_for_databases(one.handle)
            wait_for_databases(two.handle)
            client(two.handle.endpoint_url, "elasticache").delete_cache_cluster(
                CacheClusterId="cache"
            )
        assert not leftovers(engine, two.run_id)
        (cluster,) = client(one.handle.endpoint_url, "elasticache").describe_cache_clusters()[
            "CacheClusters"
        ]
        assert cluster["CacheClusterStatus"] == "available"
        assert len(leftovers(engine, one.run_id).containers) == 2
    assert rest_of(engine, one.handle) == []


def test_an_emulator_lives_until_its_last_owner_lets_go(engine: docker.DockerClient) -> None:
    first = start_emulator(EmulatorOptions())
    second = attach_emulator(first.handle)
    first.release()
    assert client(second.handle.endpoint_url, "rds").describe_db_instances()["DBInstances"] == []
    second.stop()  # it did not start the emulator: it only lets go
    until(lambda: not is_alive(first.pid))
    first.stop()
    assert rest_of(engine, first.handle) == []
    with pytest.raises(EmulatorError, match=f"the emulator at {first.endpoint_url} is gone"):
        attach_emulator(first.handle)


def test_a_fork_does_not_keep_the_emulator_alive(engine: docker.DockerClient) -> None:
    emulator: EmulatorProcess = start_emulator(EmulatorOptions())
    client(emulator.handle.endpoint_url, "ecs").list_clusters()
    child = os.fork()
    if child == 0:
        signal.pause()
    try:
        emulator.release()
        until(lambda: not is_alive(emulator.pid))
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        emulator.stop()
    assert rest_of(engine, emulator.handle) == []


def test_ten_containers_with_volumes_are_removed(engine: docker.DockerClient) -> None:
    labels = run_labels("feedfeedfeed")
    engine.volumes.create("multidocker-test-named", labels=labels)
    for _ in range(10):
        engine.containers.run(
            IMAGE,
            detach=True,
            labels=labels,
            volumes={"multidocker-test-named": {"bind": "/data"}},
        )
    network = engine.networks.create("multidocker-test-network", labels=labels)
    removed = remove_run(engine, "feedfeedfeed")
    assert (len(removed.containers), removed.volumes, removed.networks) == (
        10,
        ("multidocker-test-named",),
        (network.name,),
    )
    assert not leftovers(engine, "feedfeedfeed")
    assert not remove_run(engine, "feedfeedfeed")


def test_what_a_container_wrote_as_root_goes_with_the_folder(
    engine: docker.DockerClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workdir = tmp_path / "multidocker-work"
    workdir.joinpath("logs/.hidden").mkdir(parents=True)
    workdir.joinpath("logs/app.log").write_text("by root")
    remove = shutil.rmtree

    def refused(path: Path, **_: object) -> None:
        if not any(path.iterdir()):  # what is in it is root's; the folder itself is ours
            remove(path)

    monkeypatch.setattr(shutil, "rmtree", refused)

    erase(engine, workdir)

    assert not workdir.exists()


def test_a_container_that_somebody_else_removes_is_no_error(engine: docker.DockerClient) -> None:
    import threading

    labels = {RUN_LABEL: "beefbeefbeef"}
    for _ in range(4):
        engine.containers.run(IMAGE, detach=True, labels=labels)
    errors: list[BaseException] = []

    def sweep() -> None:
        try:
            remove_run(docker.from_env(), "beefbeefbeef")
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    sweepers = [threading.Thread(target=sweep) for _ in range(3)]
    for sweeper in sweepers:
        sweeper.start()
    for sweeper in sweepers:
        sweeper.join(30)
    assert errors == []
    assert not leftovers(engine, "beefbeefbeef")
