"""How soon nothing is left when pytest ends in the middle of a run, by Ctrl-C or by ``kill -9``.

Run ``python benchmarks/ending.py`` where multidocker is installed and a Docker Engine answers, or
``tox -e benchmarks``. A run with a task of three containers, a Postgres and a Redis is ended, alone
and with two workers. What is timed begins with the signal and ends when Docker has no container and
no volume of the run any more and the emulator's process has gone.

The yardstick, in the same rounds: ``docker rm --force --volumes`` of as many containers at once.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from docker import DockerClient

from pytest_multidocker.engine.images import probe_image
from pytest_multidocker.engine.run import RUN_LABEL
from pytest_multidocker.engine.status import connect, read_status

PATIENCE = 120.0  # seconds for anything
POLL = 0.01  # seconds
SETTINGS = """
[tool.multidocker.rds.db]
user = "app"
password = "long-enough"
[tool.multidocker.elasticache.cache]
"""
TEST = """
import time

def test_own(ecs_task, rds, elasticache, multidocker_stack):
    run = multidocker_stack.platform.emulator.handle
    with open("ready", "w") as ready:
        ready.write(f"{run.run_id} {run.pid}")
    time.sleep(600)
"""


def project(folder: Path, image: str) -> None:
    containers = [
        {"name": name, "image": image, "memory": 16, "essential": name == "web", "stopTimeout": 2}
        for name in ("web", "api", "job")
    ]
    dockerrun = {"AWSEBDockerrunVersion": 2, "containerDefinitions": containers}
    (folder / "Dockerrun.aws.json").write_text(json.dumps(dockerrun), encoding="utf-8")
    (folder / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "test_own.py").write_text(TEST, encoding="utf-8")


def by_us(client: DockerClient, folder: Path, workers: list[str], number: int) -> tuple[float, int]:
    """Return the seconds from the signal to nothing left, and how many containers there were."""
    os.mkfifo(folder / "ready")
    ready = os.open(folder / "ready", os.O_RDONLY | os.O_NONBLOCK)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *workers]
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            command, cwd=folder, stdout=said, stderr=said, start_new_session=True
        )
    try:
        until(lambda: bool(select.select([ready], [], [], 0)[0]) or process.poll() is not None)
        words = os.read(ready, 1024).decode().split()
        if len(words) != 2:  # noqa: PLR2004 - run and process
            raise SystemExit((folder / "said").read_text(errors="replace"))
        label, emulator = f"{RUN_LABEL}={words[0]}", int(words[1])
        count = len(client.api.containers(all=True, quiet=True, filters={"label": label}))
        began = time.monotonic()
        if number == signal.SIGINT:
            os.killpg(process.pid, number)  # as a terminal does
        else:
            process.send_signal(number)
        until(lambda: process.poll() is not None)
        until(lambda: nothing_left(client, label, emulator))
        return time.monotonic() - began, count
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(ready)
        (folder / "ready").unlink()


def nothing_left(client: DockerClient, label: str, emulator: int) -> bool:
    filters = {"label": label}
    left = client.api.containers(all=True, quiet=True, filters=filters)
    return (
        not left
        and not client.volumes.list(filters=filters)
        and not Path(f"/proc/{emulator}").exists()
    )


def by_hand(client: DockerClient, image: str, count: int) -> float:
    made = [client.containers.run(image, detach=True).id for _ in range(count)]
    began = time.monotonic()
    command = ["docker", "rm", "--force", "--volumes", *map(str, made)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > deadline:
            raise SystemExit(f"It was not over after {PATIENCE:g} s.")
        time.sleep(POLL)


def measure(rounds: int) -> dict[str, list[float]]:
    client = connect()
    image = probe_image(client)
    print(f"Docker {read_status(client).version}, {rounds} rounds")
    seen: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        project(Path(folder), image)
        for _ in range(rounds):
            for name, number in (("Ctrl-C", signal.SIGINT), ("kill -9", signal.SIGKILL)):
                for workers in ([], ["-n", "2"]):
                    took, count = by_us(client, Path(folder), workers, number)
                    seen[f"{name}, {'2 workers' if workers else 'alone'}"].append(took)
            seen["docker rm --force"].append(by_hand(client, image, count))
    client.close()
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the clean-up of a run that is ended.")
    parser.add_argument("--rounds", type=int, default=5)
    seen = measure(parser.parse_args().rounds)
    yardstick = statistics.median(seen["docker rm --force"])
    print(f"{'until nothing is left':<22} {'median':>8} {'longest':>8} {'ratio':>6}")
    for name, times in seen.items():
        median = statistics.median(times)
        print(f"{name:<22} {median:6.2f} s {max(times):6.2f} s {median / yardstick:6.2f}")


if __name__ == "__main__":
    main()
