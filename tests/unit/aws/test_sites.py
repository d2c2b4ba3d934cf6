"""Requests that are passed on by their Host, through the emulator's own HTTP server."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from pytest_multidocker.aws.sites import SiteRegistry, forward
from pytest_multidocker.aws.wsgi import WsgiServer

NAME = "shop.us-east-1.elasticbeanstalk.com"


class App(BaseHTTPRequestHandler):
    """Tells what it was asked, and sends back what it was sent."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(f"{self.command} {self.path} {self.headers['Host']}".encode())

    def do_POST(self) -> None:
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(body)

    def _answer(self, body: bytes) -> None:
        self.send_response(201, "Made")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", "a=1")
        self.send_header("Set-Cookie", "b=2")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def app_port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), App)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture
def served() -> Iterator[Callable[[int], http.client.HTTPConnection]]:
    """Connects to a server that passes all on to a port."""
    opened: list[Any] = []

    def serve(port: int) -> http.client.HTTPConnection:
        def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
            return forward(port, environ, start)

        server = WsgiServer("127.0.0.1", 0, app)
        threading.Thread(target=server.serve, daemon=True).start()
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        opened.extend([connection.close, server.stop])
        return connection

    yield serve
    for close in opened:
        close()


def test_names_lead_to_ports_whatever_their_case_port_or_local_suffix() -> None:
    sites = SiteRegistry()
    sites.register(NAME, 5)
    for host in (NAME, NAME.upper(), f"{NAME}:4577", f"{NAME}.", f"{NAME}.localhost:4577"):
        assert sites.find(host) == 5
    for host in ("", "127.0.0.1:4577", "us-east-1.elasticbeanstalk.com", f"x.{NAME}"):
        assert sites.find(host) is None
    sites.withdraw(NAME)
    assert sites.find(NAME) is None


def test_requests_and_answers_are_passed_on_as_they_are(
    app_port: int, served: Callable[[int], http.client.HTTPConnection]
) -> None:
    connection = served(app_port)
    connection.request("GET", "/a%20b?c=d", headers={"Host": NAME})
    answer = connection.getresponse()
    assert (answer.status, answer.reason) == (201, "Made")
    assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert answer.read() == f"GET /a%20b?c=d {NAME}".encode()


@pytest.mark.parametrize("chunked", [False, True])
def test_bodies_are_passed_on(
    app_port: int, served: Callable[[int], http.client.HTTPConnection], chunked: bool
) -> None:
    connection = served(app_port)
    body = bytes(range(256)) * 1000
    connection.request("POST", "/", iter([body[:7], body[7:]]) if chunked else body)
    assert connection.getresponse().read() == body


def test_a_site_that_does_not_answer_is_a_bad_gateway(
    served: Callable[[int], http.client.HTTPConnection],
) -> None:
    connection = served(1)
    connection.request("GET", "/")
    assert connection.getresponse().status == 502
