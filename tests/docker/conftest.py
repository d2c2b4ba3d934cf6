"""What the tests on a real Docker Engine share: a client, a run, an agent, an emulator."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from docker import DockerClient
from support.tasks import Tasks

from pytest_multidocker.engine.images import probe_image
from pytest_multidocker.engine.run import Run
from pytest_multidocker.engine.status import connect
from pytest_multidocker.engine.sweep import Removed, leftovers, remove_run


@pytest.fixture(scope="session")
def docker_client() -> Iterator[DockerClient]:
    client = connect()
    yield client
    client.close()


@pytest.fixture
def socket_folder() -> Iterator[Path]:
    """A folder for sockets, whose paths have 107 characters at most: pytest's own get too long."""
    with tempfile.TemporaryDirectory(prefix="multidocker-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def busybox(docker_client: DockerClient) -> str:
    """An image with a static busybox and nothing else; its command sleeps until SIGTERM."""
    return probe_image(docker_client)


@pytest.fixture(scope="session")
def docker_run(docker_client: DockerClient) -> Iterator[Run]:
    """A run of its own; fails at the end if a test has left something of it on the engine."""
    run = Run.start()
    yield run
    left = leftovers(docker_client, run.id)
    remove_run(docker_client, run.id)
    run.end()
    assert left == Removed(run.id)


@pytest.fixture
def agent(
    docker_client: DockerClient, docker_run: Run, busybox: str
) -> Iterator[Callable[..., Tasks]]:
    """Makes an agent with options of its own; all that its tasks leave is removed at the end."""
    made: list[Tasks] = []

    def make(**options: Any) -> Tasks:
        made.append(Tasks(docker_client, docker_run, busybox, **options))
        return made[-1]

    yield make
    for tasks in made:
        tasks.close()


@pytest.fixture
def tasks(agent: Callable[..., Tasks]) -> Tasks:
    """An agent on the real engine that uses free host ports."""
    return agent()
