from __future__ import annotations

import gc
import http.client
import socket
import struct
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from pytest_multidocker.aws.wsgi import WsgiServer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

Seen = list[dict[str, Any]]


class EchoApp:
    """Answers with the body; `/stream` in chunks, `/boom` not at all, `/gone` when told."""

    def __init__(self) -> None:
        self.seen: Seen = []
        self.asked, self.left = threading.Event(), threading.Event()

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        self.seen.append(environ)
        body = environ["wsgi.input"].read()
        start("200 OK", [("Content-Type", "text/plain")])
        if environ["PATH_INFO"] == "/gone":
            return self._until_left()
        if environ["PATH_INFO"] == "/stream":
            return iter([b"one ", b"", b"two"])
        if environ["PATH_INFO"] == "/boom":
            raise ValueError("boom")
        return [body or b"nothing"]

    def _until_left(self) -> Iterator[bytes]:
        yield b"one "
        self.asked.set()
        self.left.wait(5)
        yield b"two"


@pytest.fixture
def app() -> EchoApp:
    return EchoApp()


@contextmanager
def serving(app: EchoApp, **options: Any) -> Iterator[WsgiServer]:
    server = WsgiServer("127.0.0.1", 0, app, **options)
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield server
    server.stop()
    thread.join(60)


@pytest.fixture
def connection(app: EchoApp) -> Iterator[http.client.HTTPConnection]:
    with serving(app) as server:
        client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        yield client
        client.close()


def ask(client: http.client.HTTPConnection, method: str, path: str, **options: Any) -> bytes:
    client.request(method, path, **options)
    return client.getresponse().read()


def test_many_requests_share_a_connection(
    connection: http.client.HTTPConnection, app: EchoApp
) -> None:
    assert ask(connection, "POST", "/a", body=b"first") == b"first"
    sock = connection.sock
    assert ask(connection, "POST", "/b", body=b"second") == b"second"
    assert ask(connection, "GET", "/stream") == b"one two"
    assert ask(connection, "GET", "/c") == b"nothing"
    assert connection.sock is sock
    assert {environ["REMOTE_PORT"] for environ in app.seen} == {str(sock.getsockname()[1])}


def test_a_chunked_request_is_read_whole(connection: http.client.HTTPConnection) -> None:
    chunks = iter([b"abc", b"defg"])
    assert ask(connection, "PUT", "/k", body=chunks, encode_chunked=True) == b"abcdefg"
    assert ask(connection, "GET", "/next") == b"nothing"


def test_the_environment_has_what_moto_looks_at(
    connection: http.client.HTTPConnection, app: EchoApp
) -> None:
    headers = {
        "X-Amz-Target": "T.Op",
        "Content-Type": "application/x-amz-json-1.1",
        "x-amz-meta-my_key": "1",
        "X_Amz_Target": "spoofed",
    }
    ask(connection, "POST", "/buck%C3%A9t/a%2Fb?x=1&y", body=b"{}", headers=headers)
    environ = app.seen[0]
    assert environ["PATH_INFO"] == "/buck\xc3\xa9t/a/b"
    assert environ["RAW_URI"] == "/buck%C3%A9t/a%2Fb?x=1&y"
    assert environ["QUERY_STRING"] == "x=1&y"
    assert environ["CONTENT_TYPE"] == "application/x-amz-json-1.1"
    assert environ["CONTENT_LENGTH"] == "2"
    assert environ["HTTP_X_AMZ_TARGET"] == "T.Op"
    assert environ["HTTP_X_AMZ_META_MY_KEY"] == "1"
    assert environ["moto.preserved_header_names"] == {"HTTP_X_AMZ_META_MY_KEY": "x-amz-meta-my_key"}


def test_an_app_that_fails_costs_its_connection_only(
    connection: http.client.HTTPConnection, caplog: pytest.LogCaptureFixture
) -> None:
    assert b"boom" not in ask(connection, "GET", "/boom")
    assert "ValueError: boom" in caplog.text
    connection.close()
    assert ask(connection, "GET", "/again") == b"nothing"


def test_a_client_that_goes_away_is_not_complained_of(
    app: EchoApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaints: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    with serving(app, threads=1) as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sock.sendall(b"GET /gone HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert app.asked.wait(60)  # from here on a reset is what answers the server's words
        app.left.set()
    gc.collect()
    assert complaints == []


def test_many_that_read_for_long_keep_no_other_waiting(app: EchoApp) -> None:
    with serving(app, threads=2) as server, ExitStack() as readers:
        for _ in range(40):
            sock = readers.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            sock.settimeout(5)
            sock.sendall(b"GET /gone HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert sock.recv(100)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        assert ask(connection, "GET", "/") == b"nothing"
        connection.close()
        app.left.set()


def test_a_body_of_unknown_length_is_refused(connection: http.client.HTTPConnection) -> None:
    connection.connect()
    with socket.create_connection(connection.sock.getpeername(), timeout=5) as sock:
        sock.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n")
        assert sock.recv(100).startswith(b"HTTP/1.1 400 ")


def test_a_taken_port_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        WsgiServer("127.0.0.1", taken.getsockname()[1], EchoApp())
