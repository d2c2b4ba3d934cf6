"""Speaking to an emulator, whatever the user's shell says of AWS, of proxies and of a home."""

from __future__ import annotations

import pwd
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from botocore.config import Config

from pytest_multidocker import expect
from pytest_multidocker.deploy.account import Account
from pytest_multidocker.emulator_session import EmulatorSession
from pytest_multidocker.engine.endpoint import find_endpoint
from pytest_multidocker.engine.run import runs_dir
from pytest_multidocker.local import is_local, open_directly


class _Emulator(BaseHTTPRequestHandler):
    """An S3 without buckets, which keeps what its requests say of who sends them."""

    signed_by: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.signed_by.append(self.headers.get("Authorization", ""))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def emulator() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Emulator)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(
    params=[
        {"AWS_PROFILE": "nobody"},
        {"AWS_DEFAULT_PROFILE": "nobody"},
        {"AWS_CONFIG_FILE": "broken"},
        {"AWS_SHARED_CREDENTIALS_FILE": "broken"},
        {"AWS_USE_FIPS_ENDPOINT": "true", "AWS_USE_DUALSTACK_ENDPOINT": "true"},
        {"AWS_RETRY_MODE": "never", "AWS_DEFAULTS_MODE": "best"},
        {"HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"},
    ],
    ids=lambda variables: next(iter(variables)),
)
def shell(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user's shell in which botocore fails, or asks a proxy that does not answer."""
    tmp_path.joinpath("broken").write_text("this is [no profile")
    for name in ("NO_PROXY", "no_proxy", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    for name, value in request.param.items():
        monkeypatch.setenv(name, str(tmp_path / value) if value == "broken" else value)


@pytest.mark.usefixtures("shell")
def test_all_clients_reach_it(emulator: str) -> None:
    session = EmulatorSession(emulator, "eu-west-1", "multidocker-agent")
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=5)

    assert session.client("s3", config=config).list_buckets()["Buckets"] == []
    assert "Credential=multidocker-agent/" in _Emulator.signed_by[-1]
    assert list(session.resource("s3").buckets.all()) == []
    assert Account(emulator, "eu-west-1").client("s3").list_buckets()["Buckets"] == []
    with open_directly(emulator, timeout=5) as answer:
        assert answer.status == 200
    expect.answers(emulator, timeout=0)


def test_a_key_that_the_user_gives_is_shown(emulator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMINE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")

    Account(emulator, "eu-west-1").client("s3").list_buckets()

    assert "Credential=AKIAMINE/" in _Emulator.signed_by[-1]


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:4577", True),
        ("http://[::1]:4577", True),
        ("http://s3.localhost:4566", True),
        ("http://192.0.2.1", False),
        ("http://localhost.example.com", False),
        ("no url", False),
    ],
)
def test_what_is_on_this_machine(url: str, local: bool) -> None:
    assert is_local(url) is local


def test_a_user_may_have_no_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def unknown(_uid: int) -> None:
        raise KeyError

    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    assert runs_dir().is_relative_to(tmp_path)
    assert find_endpoint({}).host.startswith("unix://")
