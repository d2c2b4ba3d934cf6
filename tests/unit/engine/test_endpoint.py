from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from pytest_multidocker.engine.endpoint import Endpoint, find_endpoint
from pytest_multidocker.errors import EngineUnavailable

DEFAULT = Endpoint("unix:///var/run/docker.sock", "the default socket")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / ".docker"


def _context(config: Path, name: str, endpoint: dict[str, Any], *, tls: bool = False) -> Path:
    digest = hashlib.sha256(name.encode()).hexdigest()
    meta = config / "contexts/meta" / digest / "meta.json"
    meta.parent.mkdir(parents=True)
    meta.write_text(json.dumps({"Name": name, "Endpoints": {"docker": endpoint}}))
    certificates = config / "contexts/tls" / digest / "docker"
    if tls:
        certificates.mkdir(parents=True)
    return certificates


def _use(config: Path, name: str) -> None:
    config.mkdir(exist_ok=True)
    (config / "config.json").write_text(json.dumps({"currentContext": name}))


def test_without_any_choice_it_is_the_default_socket(tmp_path: Path) -> None:
    assert find_endpoint({"HOME": str(tmp_path)}) == DEFAULT


def test_docker_host_comes_before_everything(tmp_path: Path, config: Path) -> None:
    _use(config, "lab")
    environ = {"HOME": str(tmp_path), "DOCKER_CONTEXT": "x", "DOCKER_HOST": "tcp://lab:2375"}
    assert find_endpoint(environ) == Endpoint("tcp://lab:2375", "DOCKER_HOST")


def test_docker_host_with_tls(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "DOCKER_HOST": "tcp://lab:2376", "DOCKER_TLS_VERIFY": "1"}
    own = find_endpoint(environ)
    assert own == Endpoint("tcp://lab:2376", "DOCKER_HOST", tmp_path / ".docker")
    named = find_endpoint({**environ, "DOCKER_CERT_PATH": "/certs"})
    assert named.environ() == {
        "DOCKER_HOST": "tcp://lab:2376",
        "DOCKER_CERT_PATH": "/certs",
        "DOCKER_TLS_VERIFY": "1",
    }


def test_the_current_context_is_read_as_docker_does(tmp_path: Path, config: Path) -> None:
    _use(config, "lab")
    certificates = _context(
        config, "lab", {"Host": "tcp://lab:2376", "SkipTLSVerify": True}, tls=True
    )
    assert find_endpoint({"HOME": str(tmp_path)}) == Endpoint(
        "tcp://lab:2376", "the Docker context 'lab'", certificates, tls_verify=False
    )


def test_docker_context_comes_before_the_current_context(tmp_path: Path, config: Path) -> None:
    _use(config, "lab")
    _context(config, "mine", {"Host": "unix:///home/me/docker.sock"})
    found = find_endpoint({"HOME": str(tmp_path), "DOCKER_CONTEXT": "mine"})
    assert found == Endpoint("unix:///home/me/docker.sock", "the Docker context 'mine'")
    assert found.socket == Path("/home/me/docker.sock")
    assert find_endpoint({"HOME": str(tmp_path), "DOCKER_CONTEXT": "default"}) == DEFAULT


def test_docker_config_names_another_folder(tmp_path: Path, config: Path) -> None:
    _use(config, "lab")
    assert find_endpoint({"HOME": str(tmp_path), "DOCKER_CONFIG": str(tmp_path / "x")}) == DEFAULT


def test_a_context_that_does_not_exist_is_an_error(tmp_path: Path, config: Path) -> None:
    _use(config, "gone")
    with pytest.raises(EngineUnavailable) as caught:
        find_endpoint({"HOME": str(tmp_path)})
    assert str(caught.value) == (
        f"{config}/config.json names the Docker context 'gone', which does not exist. "
        "Choose another with 'docker context use', or set DOCKER_HOST."
    )


@pytest.mark.parametrize("text", ["{", "[]", ""])
def test_a_broken_configuration_is_an_error_or_no_choice(
    tmp_path: Path, config: Path, text: str
) -> None:
    config.mkdir()
    (config / "config.json").write_text(text)
    if text == "[]":
        assert find_endpoint({"HOME": str(tmp_path)}) == DEFAULT
        return
    with pytest.raises(EngineUnavailable, match=r"config\.json cannot be read"):
        find_endpoint({"HOME": str(tmp_path)})
