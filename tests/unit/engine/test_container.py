"""A container as testcontainers has it, without what testcontainers does on its own."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from support.daemon import FakeDaemon
from testcontainers.core import docker_client
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from pytest_multidocker.engine.container import EcsContainer

if TYPE_CHECKING:
    from docker import DockerClient

SECRET = base64.b64encode(b"user:password").decode()
CONFIG = json.dumps({"auths": {"registry.test": {"auth": SECRET}}})


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DockerClient]:
    """A client, where testcontainers would log in to a registry."""

    def login(*_: object) -> NoReturn:
        raise AssertionError("a registry is asked that may be out of reach")

    monkeypatch.setattr(docker_client.DockerClient, "login", login)
    monkeypatch.setattr(testcontainers_config, "docker_auth_config", CONFIG)
    monkeypatch.setattr("pytest_multidocker.engine.container.configure", lambda _client: None)
    daemon = FakeDaemon(tmp_path / "docker.sock")
    client = daemon.client()
    yield client
    client.close()
    daemon.close()


def test_nobody_is_logged_in_for_a_client_that_is_replaced(client: DockerClient) -> None:
    EcsContainer(client, "image")

    assert testcontainers_config.docker_auth_config == CONFIG


def test_nor_where_two_are_made_at_the_same_time(
    client: DockerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make: Any = DockerContainer.__init__
    first_is_in, first_is_out, second_is_in = (threading.Event() for _ in range(3))

    def first_and_second(container: Any, *args: Any, **options: Any) -> None:
        if not first_is_in.is_set():
            first_is_in.set()
            second_is_in.wait(0.3)  # it stays out, and that nothing tells
        else:
            second_is_in.set()
            first_is_out.wait(5)
        make(container, *args, **options)

    def first() -> None:
        EcsContainer(client, "image")
        first_is_out.set()

    monkeypatch.setattr(DockerContainer, "__init__", first_and_second)
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(first)
        assert first_is_in.wait(60)
        other = pool.submit(EcsContainer, client, "image")
        one.result()
        other.result()

    assert testcontainers_config.docker_auth_config == CONFIG
