"""However pytest ends, nothing of the run is left."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from docker import DockerClient
from support.projects import site, write

from pytest_multidocker.engine.run import RUN_LABEL

PATIENCE = 60.0  # seconds; benchmarks/ending.py shows how few it takes


class Run(NamedTuple):
    """A pytest process in the middle of its run, with containers."""

    process: subprocess.Popen[bytes]
    run_id: str
    emulator: int
    """The emulator's process id."""
    temporary: Path
    """Where all temporary files of the run are."""


@pytest.fixture(params=[(), ("-n", "2")], ids=["alone", "workers"])
def run_in_the_middle(
    tmp_path: Path, busybox: str, request: pytest.FixtureRequest
) -> Iterator[Run]:
    write(tmp_path, site(), busybox)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.multidocker.rds.db]\nuser = "app"\npassword = "long-enough"\n'
        "[tool.multidocker.elasticache.cache]\n"
    )
    (tmp_path / "test_own.py").write_text(
        "import time\n"
        "def test_own(ecs_task, rds, elasticache, multidocker_stack):\n"
        "    run = multidocker_stack.platform.emulator.handle\n"
        f"    with open({str(tmp_path / 'ready')!r}, 'w') as ready:\n"
        "        ready.write(f'{run.run_id} {run.pid}')\n"
        "    time.sleep(60)\n"
    )
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    os.mkfifo(tmp_path / "ready")  # opening it waits for the test
    ready = os.open(tmp_path / "ready", os.O_RDONLY | os.O_NONBLOCK)
    said = (tmp_path / "said").open("w+")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *(f"--basetemp={tmp_path / 'of-pytest'}", *request.param),
        ],
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(temporary)},
        start_new_session=True,
        stdout=said,
    )
    try:
        words = wait_for_words(ready, process).split()
        assert len(words) == 2, (tmp_path / "said").read_text()  # it has ended: why, stands there
        yield Run(process, words[0], int(words[1]), temporary)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        said.close()
        os.close(ready)


def wait_for_words(ready: int, process: subprocess.Popen[bytes]) -> str:
    """Return what the process writes into its FIFO, "" where it ends or two minutes pass before."""
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        if select.select([ready], [], [], 0.1)[0]:
            return os.read(ready, 1024).decode()
    return ""


def kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()


def interrupt(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does: all of the foreground
    process.wait(PATIENCE)


@pytest.mark.parametrize("end", [kill, interrupt])
def test_nothing_is_left(
    run_in_the_middle: Run,
    end: Callable[[subprocess.Popen[bytes]], None],
    docker_client: DockerClient,
) -> None:
    process, run_id, emulator, temporary = run_in_the_middle
    label = f"{RUN_LABEL}={run_id}"

    def left() -> list[str]:
        containers = docker_client.containers.list(all=True, filters={"label": label}, sparse=True)
        volumes = docker_client.volumes.list(filters={"label": label})
        networks = docker_client.networks.list(filters={"label": label})
        objects = [f"{type(o).__name__} {o.id}" for o in (*containers, *volumes, *networks)]
        alive = [f"process {emulator}"] if is_alive(emulator) else []
        return [*objects, *alive, *(str(file) for file in temporary.iterdir())]

    assert len([thing for thing in left() if thing.startswith("Container")]) >= 5
    deadline = time.monotonic() + PATIENCE

    end(process)

    if end is interrupt:
        assert left() == [], "after Ctrl-C all is gone when pytest is"
    while (remains := left()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert remains == []


def test_ctrl_c_waits_for_no_build(tmp_path: Path, busybox: str) -> None:
    image = f"multidocker-test-never-built:{uuid.uuid4().hex}"
    write(tmp_path, site(), image)
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "Dockerfile").write_text(f"FROM {busybox}\nRUN busybox sleep 120\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "--multidocker", "-k", "ports", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        start_new_session=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        for line in process.stdout:
            if f"building {image}" in line:
                break
        os.killpg(process.pid, signal.SIGINT)
        text, _ = process.communicate(timeout=PATIENCE)

    assert process.returncode == pytest.ExitCode.INTERRUPTED
    assert "KeyboardInterrupt" in text


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
