"""A daemon on a socket that answers as it is told to: also not at all."""

from __future__ import annotations

import gc
import json
import queue
import socketserver
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Literal

from docker import DockerClient

Answer = tuple[int, Any] | Literal["hang", "drop"]
HANG: Answer = "hang"
DROP: Answer = "drop"
NO_SUCH_CONTAINER: Answer = (404, {"message": "No such container: it"})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def handle_request(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.partition("?")[0].removeprefix("/v1.41")
        self.server.daemon.serve(self, f"{self.command} {path}")

    do_GET = do_POST = do_HEAD = do_DELETE = handle_request  # noqa: N815 - the library's

    def address_string(self) -> str:
        return "socket"

    def log_message(self, *_args: object) -> None:
        return

    def answer(self, status: int, body: Any) -> None:
        data = b"OK" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def stream(self, lines: queue.Queue[bytes | None]) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while (line := lines.get()) is not None:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
            self.wfile.flush()
        self.close_connection = True


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    daemon: FakeDaemon

    def handle_error(self, *_args: object) -> None:
        return  # whoever asked has gone


class FakeDaemon:
    """Answers each request with the next of the answers given for it; the last one stays."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.asked: list[str] = []
        self._answers: dict[str, list[Answer]] = defaultdict(list)
        self._released = threading.Event()
        self._events: queue.Queue[bytes | None] = queue.Queue()
        self.following = threading.Event()
        self.up()

    def on(self, request: str, *answers: Answer) -> None:
        """Answer a request such as ``POST /containers/it/start``."""
        self._answers[request] = list(answers)

    def client(self) -> DockerClient:
        return DockerClient(base_url=f"http+unix://{self.path}", version="1.41", timeout=5)

    def count(self, request: str) -> int:
        return self.asked.count(request)

    def tell(self, action: str, name: str, **attributes: str) -> None:
        """Send an event of a task's container into the stream."""
        labels = {
            "com.amazonaws.ecs.task-arn": "arn",
            "com.amazonaws.ecs.container-name": name.removeprefix("docker-"),
        }
        actor = {"ID": name, "Attributes": {**labels, "name": name, **attributes}}
        self._events.put(json.dumps({"Action": action, "Actor": actor}).encode())

    def cut(self) -> None:
        """End the stream of events."""
        self.following.clear()
        self._events.put(None)

    def up(self) -> None:
        """Listen."""
        self.path.unlink(missing_ok=True)
        self._server = _Server(str(self.path), _Handler)
        self._server.daemon = self
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def down(self) -> None:
        """Listen no more, as a daemon that is stopped."""
        self._server.shutdown()
        self._server.server_close()
        self.path.unlink()
        self.cut()

    def close(self) -> None:
        self._released.set()
        if self.path.exists():
            self.down()
        gc.collect()  # the sockets that Docker's library has left open, before another test sees it

    def serve(self, handler: _Handler, request: str) -> None:
        self.asked.append(request)
        if request == "GET /events":
            self.following.set()
            handler.stream(self._events)
            return
        answers = self._answers[request] or [
            (200, None) if request == "GET /_ping" else (500, {"message": "unexpected"})
        ]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer == "hang":
            self._released.wait(10)
        if isinstance(answer, str):
            handler.close_connection = True
        else:
            handler.answer(*answer)


def inspected(exit_code: int = 0, *, running: bool = False, **state: Any) -> Answer:
    """Return Docker's answer for a container that runs or has ended."""
    never, ended = "0001-01-01T00:00:00Z", "2026-01-02T03:04:06Z"
    return 200, {
        "State": {
            "Running": running,
            "StartedAt": "2026-01-02T03:04:05Z",
            "FinishedAt": never if running else ended,
            "ExitCode": exit_code,
            "OOMKilled": False,
            "Error": "",
            **state,
        },
        "NetworkSettings": {"Ports": {}},
    }
