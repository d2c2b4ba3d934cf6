"""What the tests of clients share: an engine, and a ``multidocker serve`` for each module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from docker import DockerClient
from support.served import Aws, Serve

from pytest_multidocker.engine.images import probe_image
from pytest_multidocker.engine.status import connect


@pytest.fixture(scope="session")
def engine() -> Iterator[DockerClient]:
    client = connect()
    yield client
    client.close()


@pytest.fixture(scope="session")
def image(engine: DockerClient) -> str:
    """An image with a static busybox and nothing else."""
    return probe_image(engine)


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    started = Serve()
    yield started
    assert started.interrupt() == (0, "")


@pytest.fixture(scope="module")
def aws(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Aws:
    return Aws(serve.url, tmp_path_factory.mktemp("home"))
