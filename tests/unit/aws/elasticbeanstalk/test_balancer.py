"""The load balancer, between clients and targets that speak real HTTP."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from pytest_multidocker.aws.elasticbeanstalk.balancer import Balancer, EventLoop
from pytest_multidocker.aws.elasticbeanstalk.checks import Check

Target = Callable[[str], int]


class App(BaseHTTPRequestHandler):
    """Says its name and what it was sent."""

    protocol_version = "HTTP/1.1"
    server: Any

    def do_GET(self) -> None:
        if self.path == "/slow":
            self.server.asked.set()
            self.server.go_on.wait(10)
        if self.path == "/to-the-end":
            self.send_response(200)
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(b"x" * 100_000)
            return
        if self.path == "/broken":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        forwarded = headers.get("x-forwarded-for")
        self._answer(f"{self.server.name} {headers['host']} {forwarded}".encode())

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "99")
        self.end_headers()

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
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


class AppServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, name: str) -> None:
        super().__init__(("127.0.0.1", 0), App)
        self.name = name
        self.asked = threading.Event()
        self.go_on = threading.Event()


@pytest.fixture
def app() -> Iterator[Callable[[str], AppServer]]:
    """Starts an app of a name."""
    started: list[AppServer] = []

    def start(name: str) -> AppServer:
        server = AppServer(name)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.go_on.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def balancer() -> Iterator[Balancer]:
    loop = EventLoop()
    made = Balancer(loop)
    yield made
    made.close()
    loop.close()


@pytest.fixture
def url(balancer: Balancer) -> str:
    return f"http://{balancer.endpoint}"


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """A client that keeps its connection."""
    with requests.Session() as made:
        yield made


def put(balancer: Balancer, server: AppServer, *, healthy: bool = True) -> None:
    balancer.register(server.name, "127.0.0.1", server.server_port, healthy=healthy)


def test_requests_go_to_all_targets_in_turn(
    balancer: Balancer, url: str, app: Callable[[str], AppServer], session: requests.Session
) -> None:
    put(balancer, app("one"))
    put(balancer, app("two"))
    answers = [session.get(url, headers={"Host": "shop"}).text for _ in range(4)]
    assert sorted(answers) == ["one shop 127.0.0.1"] * 2 + ["two shop 127.0.0.1"] * 2


def test_what_is_passed_on_is_whole(
    balancer: Balancer, url: str, app: Callable[[str], AppServer], session: requests.Session
) -> None:
    put(balancer, app("one"))
    body = bytes(range(256)) * 20_000
    assert session.post(url, data=body).content == body
    assert session.post(url, data=iter([body[:9], body[9:]])).content == body
    assert session.get(f"{url}/to-the-end").content == b"x" * 100_000
    assert session.head(url).headers["Content-Length"] == "99"
    assert session.get(url, headers={"X-Forwarded-For": "1.2.3.4"}).text.endswith(
        "1.2.3.4, 127.0.0.1"
    )
    assert session.post(url, data=b"x", headers={"Expect": "100-continue"}).content == b"x"


def counted(balancer: Balancer, requests: int) -> dict[str, Any]:
    """Wait until so many requests are counted: they are answered before, and by another thread."""
    deadline = time.monotonic() + 5
    while (found := balancer.metrics.describe(time.time()))["RequestCount"] < requests:
        assert time.monotonic() < deadline, found
        time.sleep(0.01)
    return found


def test_without_targets_it_is_unavailable_and_a_dead_one_is_a_bad_gateway(
    balancer: Balancer, url: str, app: Callable[[str], AppServer]
) -> None:
    assert requests.get(url).status_code == 503
    assert requests.head(url).status_code == 503
    balancer.register("dead", "127.0.0.1", free_port())
    assert requests.get(url).status_code == 502
    put(balancer, app("one"))
    balancer.withdraw("dead")
    assert requests.get(url).status_code == 200
    assert counted(balancer, 4)["StatusCodes"]["Status5xx"] == 3
    assert balancer.metrics.describe(time.time(), "one")["RequestCount"] == 1


def test_unhealthy_targets_get_nothing_unless_all_are(
    balancer: Balancer, url: str, app: Callable[[str], AppServer]
) -> None:
    def answering() -> set[str]:
        return {requests.get(url).text.split()[0] for _ in range(4)}

    one = app("one")
    put(balancer, one, healthy=False)
    put(balancer, app("two"))
    assert answering() == {"two"}
    balancer.mark("one", healthy=True)
    put(balancer, one, healthy=False)  # it is known, and how it is as well
    assert answering() == {"one", "two"}
    balancer.mark("two", healthy=False)
    assert answering() == {"one"}
    balancer.mark("one", healthy=False)
    assert answering() == {"one", "two"}
    put(balancer, one)
    assert answering() == {"one"}
    balancer.mark("gone", healthy=True)


def test_a_classic_one_is_unavailable_where_no_target_is_healthy(
    app: Callable[[str], AppServer],
) -> None:
    loop = EventLoop()
    classic = Balancer(loop, lambda: False)
    put(classic, app("one"), healthy=False)
    assert requests.get(f"http://{classic.endpoint}").status_code == 503
    classic.mark("one", healthy=True)
    assert requests.get(f"http://{classic.endpoint}").status_code == 200
    classic.close()
    loop.close()


def test_a_target_leaves_when_its_open_requests_have_ended(
    balancer: Balancer, url: str, app: Callable[[str], AppServer]
) -> None:
    server = app("one")
    put(balancer, server)
    answers: list[int] = []
    slow = threading.Thread(target=lambda: answers.append(requests.get(f"{url}/slow").status_code))
    slow.start()
    assert server.asked.wait(60)
    assert not balancer.withdraw("one", drain=0.1)

    put(balancer, server)
    left = threading.Event()
    leaving = threading.Thread(target=lambda: left.set() if balancer.withdraw("one", 60) else None)
    leaving.start()
    leaving.join(30)
    assert left.is_set()  # the request of before is not of the target that has come since

    server.go_on.set()
    slow.join(60)
    assert answers == [200]


def test_draining_waits_no_longer_than_the_last_request(
    balancer: Balancer, url: str, app: Callable[[str], AppServer]
) -> None:
    server = app("one")
    put(balancer, server)
    slow = threading.Thread(target=lambda: requests.get(f"{url}/slow"))
    slow.start()
    assert server.asked.wait(60)
    threading.Timer(0.2, server.go_on.set).start()
    began = time.monotonic()
    assert balancer.withdraw("one", drain=60)
    assert 0.1 < time.monotonic() - began < 30
    slow.join(60)
    assert requests.get(url).status_code == 503


def test_a_kept_connection_survives_the_change_of_all_targets(
    balancer: Balancer, url: str, app: Callable[[str], AppServer], session: requests.Session
) -> None:
    put(balancer, app("one"))
    assert session.get(url).text.startswith("one")
    put(balancer, app("two"))
    balancer.withdraw("one")
    assert session.get(url).text.startswith("two")


def test_a_target_that_moves_is_found_at_its_new_address(
    balancer: Balancer, url: str, app: Callable[[str], AppServer]
) -> None:
    old, new = app("old"), app("new")
    balancer.register("i", "127.0.0.1", old.server_port)
    balancer.register("i", "127.0.0.1", new.server_port)
    assert requests.get(url).text.startswith("new")


def test_an_answer_that_breaks_off_does_so_for_the_client_too(
    balancer: Balancer, url: str, app: Callable[[str], AppServer]
) -> None:
    put(balancer, app("one"))
    with pytest.raises(requests.RequestException):
        requests.get(f"{url}/broken")
    assert requests.get(url).status_code == 200


@pytest.mark.parametrize("sent", [b"\x00\x01nonsense\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"])
def test_what_is_no_request_is_a_bad_one_and_harms_nobody(
    balancer: Balancer, url: str, sent: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", balancer.port), timeout=5) as client:
        client.sendall(sent)
        answer = b"".join(iter(lambda: client.recv(1000), b""))
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert requests.get(url).status_code == 503


def test_other_protocols_are_passed_on_after_the_change(balancer: Balancer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        balancer.register("ws", "127.0.0.1", server.getsockname()[1])
        echo = threading.Thread(target=_shout, args=(server,))
        echo.start()
        with socket.create_connection(("127.0.0.1", balancer.port)) as client:
            client.settimeout(5)
            client.sendall(
                b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"
            )
            assert _read_until(client, b"\r\n\r\nhello").startswith(b"HTTP/1.1 101")
            client.sendall(b"abc")
            assert client.recv(3) == b"ABC"
        echo.join(60)
        assert not echo.is_alive()


def _shout(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        request = connection.recv(65536).lower()
        assert b"upgrade: x" in request
        assert b"connection: upgrade" in request
        connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nhello"
        )
        while data := connection.recv(100):
            connection.sendall(data.upper())


def _read_until(client: socket.socket, end: bytes) -> bytes:
    read = b""
    while not read.endswith(end):
        part = client.recv(1000)
        assert part, read
        read += part
    return read


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _close_first(server: socket.socket) -> None:
    connection, _ = server.accept()
    connection.close()


class TestChecks:
    def test_a_path_has_to_have_one_of_the_statuses(self, app: Callable[[str], AppServer]) -> None:
        port = app("one").server_port
        assert Check("/", frozenset({200}), 2).passes("127.0.0.1", port)
        assert not Check("/", frozenset({204}), 2).passes("127.0.0.1", port)
        assert not Check("/", frozenset({200}), 2).passes("127.0.0.1", free_port())
        assert str(Check("/up", frozenset({200}), 2)) == "GET /up"

    def test_an_answer_has_to_come_in_time(self, app: Callable[[str], AppServer]) -> None:
        server = app("one")
        assert not Check("/slow", frozenset({200}), 0.1).passes("127.0.0.1", server.server_port)

    def test_a_connection_is_enough_where_it_stays_open(
        self, app: Callable[[str], AppServer]
    ) -> None:
        check = Check(None, frozenset(), 2)
        assert check.passes("127.0.0.1", app("one").server_port)
        assert not check.passes("127.0.0.1", free_port())
        assert str(check) == "a connection"

    def test_a_connection_that_is_closed_at_once_leads_nowhere(self) -> None:
        # As Docker's proxy does where nothing listens in the container.
        with socket.create_server(("127.0.0.1", 0)) as server:
            closing = threading.Thread(target=_close_first, args=(server,))
            closing.start()
            port = server.getsockname()[1]
            assert not Check(None, frozenset(), 2).passes("127.0.0.1", port)
            closing.join(60)
