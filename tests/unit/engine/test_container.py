"""A container as testcontainers has it, without what testcontainers does on its own."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import NoReturn

import pytest
from support.daemon import FakeDaemon
from testcontainers.core import docker_client
from testcontainers.core.config import testcontainers_config

from pytest_multidocker.engine.container import EcsContainer


def test_nobody_is_logged_in_for_a_client_that_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def login(*_: object) -> NoReturn:
        raise AssertionError("a registry is asked that may be out of reach")

    secret = base64.b64encode(b"user:password").decode()
    config = json.dumps({"auths": {"registry.test": {"auth": secret}}})
    monkeypatch.setattr(docker_client.DockerClient, "login", login)
    monkeypatch.setattr(testcontainers_config, "docker_auth_config", config)
    monkeypatch.setattr("pytest_multidocker.engine.container.configure", lambda _client: None)
    daemon = FakeDaemon(tmp_path / "docker.sock")
    client = daemon.client()
    try:
        EcsContainer(client, "image")
    finally:
        client.close()
        daemon.close()

    assert testcontainers_config.docker_auth_config == config
