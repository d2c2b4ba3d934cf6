"""The emulator's own pages under `/_multidocker/`: health, endpoints and the stream of events."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from pytest_multidocker.errors import MultidockerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from _typeshed.wsgi import StartResponse

    from .emulator import Emulator

PREFIX = "/_multidocker/"
_HEARTBEAT = 5.0  # seconds


class ControlApp:
    """A WSGI app of the pages; `health` gives what the health page says."""

    def __init__(self, emulator: Emulator, health: Callable[[], dict[str, Any]]) -> None:
        self._emulator = emulator
        self._health = health

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        """Answer one request for a page, as WSGI has it."""
        page = environ["PATH_INFO"].removeprefix(PREFIX).rstrip("/")
        if page == "health":
            return json_response(start, "200 OK", self._health())
        if page == "endpoints":
            endpoints = [endpoint.as_dict() for endpoint in self._emulator.endpoints.all()]
            return json_response(start, "200 OK", {"endpoints": endpoints})
        if page == "events":
            return self._events(environ, start)
        if page == "registry":
            return self._registry(environ, start)
        pages = ", ".join(PREFIX + name for name in ("health", "endpoints", "events", "registry"))
        return json_response(start, "404 Not Found", {"message": f"there are only {pages}"})

    def _events(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        query = parse_qs(environ["QUERY_STRING"])
        since = query.get("since", ["0"])[0]
        if not since.isdecimal():
            message = f"since must be the number of an event, not {since!r}"
            return json_response(start, "400 Bad Request", {"message": message})
        start("200 OK", [("Content-Type", "application/x-ndjson"), ("Cache-Control", "no-store")])
        if query.get("follow", ["1"])[0] in {"0", "false"}:
            return [_line(event.as_dict()) for event in self._emulator.events.since(int(since))]
        return self._stream(int(since))

    def _registry(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST":
            message = "POST starts the image registry and returns its address and account"
            return json_response(start, "405 Method Not Allowed", {"message": message})
        try:
            account = self._emulator.registry.account()
        except MultidockerError as error:
            return json_response(start, "503 Service Unavailable", {"message": str(error)})
        return json_response(start, "200 OK", asdict(account))

    def _stream(self, since: int) -> Iterator[bytes]:
        """Yield a JSON line an event, and an empty line where none came for a while.

        Writing is the only way to find out that the reader is gone. The first line is empty: the
        server sends the head of its answer with it.
        """
        yield b"\n"
        for event in self._emulator.events.follow(since, _HEARTBEAT):
            yield _line(event.as_dict()) if event is not None else b"\n"


def json_response(start: StartResponse, status: str, body: dict[str, Any]) -> list[bytes]:
    """Start a JSON response and return its body."""
    start(status, [("Content-Type", "application/json")])
    return [_line(body)]


def _line(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode() + b"\n"
