"""The web sites that the emulator serves besides the AWS API: environments, by their names.

A request to the emulator's own address whose ``Host`` is the CNAME of an environment goes to that
environment, as DNS would have it go.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from .wsgi import SPELLINGS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

_LOCAL = ".localhost"
"""A suffix that browsers resolve to this machine, whatever stands before it."""
_TIMEOUT = 120.0  # seconds for which a site may be silent
_CHUNK = 64 * 1024
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer"}


class SiteRegistry:
    """Where sites are, by host name. Safe to use from any thread."""

    def __init__(self) -> None:
        self._sites: dict[str, int] = {}
        self._lock = threading.Lock()

    def register(self, host: str, port: int) -> None:
        """Have the name lead to a port of this machine, whatever it led to before."""
        with self._lock:
            self._sites[host.lower()] = port

    def withdraw(self, host: str) -> None:
        """Have the name lead nowhere."""
        with self._lock:
            self._sites.pop(host.lower(), None)

    def find(self, header: str) -> int | None:
        """Return the port of the site that a ``Host`` header names, if it is one."""
        host = header.partition(":")[0].rstrip(".").lower().removesuffix(_LOCAL)
        with self._lock:
            return self._sites.get(host)


def forward(port: int, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
    """Answer a request, in WSGI's form, with what the server at the port answers."""
    try:
        return relay(("127.0.0.1", port), environ, start)
    except (OSError, http.client.HTTPException) as error:
        start("502 Bad Gateway", [("Content-Type", "text/plain")])
        return [f"The environment does not answer: {error}\n".encode()]


def relay(place: tuple[str, int], environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
    """Answer a request with what the server at a host and port answers.

    Raises OSError or HTTPException where it does not answer; nothing has been started then.
    """
    connection = http.client.HTTPConnection(*place, timeout=_TIMEOUT)
    try:
        connection.request(
            environ["REQUEST_METHOD"],
            environ["REQUEST_URI"],
            _body(environ),
            dict(_headers(environ)),
            encode_chunked="HTTP_TRANSFER_ENCODING" in environ,
        )
        answer = connection.getresponse()
    except (OSError, http.client.HTTPException):
        connection.close()
        raise
    headers = [(n, v) for n, v in answer.getheaders() if n.lower() not in _HOP_BY_HOP]
    start(f"{answer.status} {answer.reason or HTTPStatus(answer.status).phrase}", headers)
    return _read(connection, answer)


def _read(
    connection: http.client.HTTPConnection, answer: http.client.HTTPResponse
) -> Iterator[bytes]:
    try:
        while chunk := answer.read1(_CHUNK):
            yield chunk
    finally:
        connection.close()


def _headers(environ: dict[str, Any]) -> Iterator[tuple[str, str]]:
    spelt = environ.get(SPELLINGS, {})
    for variable, value in environ.items():
        if variable.startswith("HTTP_"):
            name = spelt.get(variable) or variable[5:].replace("_", "-").lower()
            if name not in _HOP_BY_HOP or name == "transfer-encoding":
                yield name, value
    for variable in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(variable):
            yield variable.replace("_", "-").lower(), environ[variable]


def _body(environ: dict[str, Any]) -> Any:
    if "HTTP_TRANSFER_ENCODING" in environ:
        return iter(lambda: environ["wsgi.input"].read(_CHUNK), b"")
    length = environ.get("CONTENT_LENGTH")
    return environ["wsgi.input"].read(int(length)) if length else None
