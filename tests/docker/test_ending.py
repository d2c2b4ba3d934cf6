"""However pytest ends, nothing of the run is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from docker import DockerClient
from support.projects import site, write

from pytest_multidocker.engine.run import RUN_LABEL

PROMISED = 10.0  # seconds


@pytest.fixture
def run_in_the_middle(
    tmp_path: Path, busybox: str, docker_client: DockerClient
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A pytest process in the middle of its run, with containers; and the run's id."""
    write(tmp_path, site(), busybox)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.multidocker.rds.db]\nuser = "app"\npassword = "long-enough"\n'
        "[tool.multidocker.elasticache.cache]\n"
    )
    (tmp_path / "test_own.py").write_text(
        "import time\n"
        "def test_own(ecs_task, rds, elasticache, multidocker_stack):\n"
        "    run = multidocker_stack.platform.emulator.handle\n"
        "    print('READY', run.run_id, run.pid, run.workdir, flush=True)\n"
        "    time.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        start_new_session=True,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        lines = (line.decode() for line in process.stdout)  # it ends if the run does
        yield process, next(line for line in lines if "READY" in line).partition("READY")[2]
    finally:
        process.stdout.close()
        if process.poll() is None:
            process.kill()
        process.wait()


def kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()


def interrupt(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does: all of the foreground
    process.wait(PROMISED)


@pytest.mark.parametrize("end", [kill, interrupt])
def test_nothing_is_left(
    run_in_the_middle: tuple[subprocess.Popen[bytes], str],
    end: Callable[[subprocess.Popen[bytes]], None],
    docker_client: DockerClient,
) -> None:
    process, ready = run_in_the_middle
    run_id, pid, workdir = ready.split()
    label = f"{RUN_LABEL}={run_id}"

    def left() -> list[str]:
        containers = docker_client.containers.list(all=True, filters={"label": label}, sparse=True)
        volumes = docker_client.volumes.list(filters={"label": label})
        networks = docker_client.networks.list(filters={"label": label})
        objects = [f"{type(o).__name__} {o.id}" for o in (*containers, *volumes, *networks)]
        alive = [f"process {pid}"] if is_alive(int(pid)) else []
        return [*objects, *alive, *([workdir] if Path(workdir).exists() else [])]

    assert len([thing for thing in left() if thing.startswith("Container")]) >= 5
    deadline = time.monotonic() + PROMISED

    end(process)

    if end is interrupt:
        assert left() == [], "after Ctrl-C all is gone when pytest is"
    while (remains := left()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert remains == []


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
