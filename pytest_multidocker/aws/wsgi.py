"""A small threaded WSGI server that keeps connections open.

werkzeug's closes every connection and spends 10 ms after each answer to see whether more would come
(werkzeug/serving.py, `run_wsgi`). An AWS client makes many small calls over one connection, so this
one speaks HTTP/1.1 as it is meant: length or chunks, and the next request on the same socket.
"""

from __future__ import annotations

import io
import logging
import socket
import socketserver
import sys
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed.wsgi import WSGIApplication

_LOG = logging.getLogger(__name__)
_IDLE_TIMEOUT = 300  # seconds that a connection may stay silent
_NO_BODY = frozenset({204, 304})
_SEPARATE = frozenset({"content-type", "content-length", "transfer-encoding"})
#: Where moto looks up how S3 metadata keys with an underscore were spelt (moto/core/request.py).
_SPELLINGS = "moto.preserved_header_names"


class WsgiServer(ThreadingHTTPServer):
    """Serves `app` on `host`:`port`, each connection in a daemon thread of its own.

    Raises OSError where the address is taken.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, host: str, port: int, app: WSGIApplication) -> None:
        self.app = app
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        """Bind, without asking the name service for the host's full name as HTTPServer does."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Log what a connection's thread died of; a client that hung up is no error."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            _LOG.exception("request from %s failed", client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "multidocker"
    timeout = _IDLE_TIMEOUT
    disable_nagle_algorithm = True
    wbufsize = -1

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        _LOG.debug(format, *args)

    def _serve(self) -> None:
        body = self._read_body()
        if body is None:
            self.close_connection = True
            self.send_error(411)
            return
        response = _Response(self)
        app = cast("WsgiServer", self.server).app
        parts = app(self._environ(body), response.start)
        try:
            response.send(parts)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()

    def _read_body(self) -> bytes | None:
        """Return the request's body, whole, so that the next request starts where it ends."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return _read_chunks(self.rfile)
        length = self.headers.get("Content-Length", "0")
        return self.rfile.read(int(length)) if length.isdecimal() else None

    def _environ(self, body: bytes) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        server = cast("WsgiServer", self.server)
        environ: dict[str, Any] = {
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "wsgi.input_terminated": True,
            "SERVER_SOFTWARE": self.server_version,
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": urllib.parse.unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "RAW_URI": self.path,
            "REQUEST_URI": self.path,
            "REMOTE_ADDR": self.client_address[0],
            "REMOTE_PORT": self.client_address[1],
            "SERVER_NAME": server.server_name,
            "SERVER_PORT": str(server.server_port),
            "SERVER_PROTOCOL": self.request_version,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
        }
        environ.update(self._header_variables())
        return environ

    def _header_variables(self) -> dict[str, Any]:
        variables: dict[str, Any] = {}
        spellings: dict[str, str] = {}
        for name, value in self.headers.items():
            if name.lower() in _SEPARATE:
                continue
            key = "HTTP_" + name.upper().replace("-", "_")
            if "_" in name:
                if not name.lower().startswith("x-amz-meta-"):
                    continue  # as in every server: it could pass for the name with dashes
                spellings[key] = name
            variables[key] = f"{variables[key]},{value}" if key in variables else value
        return {**variables, _SPELLINGS: spellings}


class _Response:
    """One answer: what the app gave to `start_response`, and its way onto the wire."""

    def __init__(self, handler: _Handler) -> None:
        self._handler = handler
        self._status = ""
        self._headers: list[tuple[str, str]] = []

    def start(
        self, status: str, headers: list[tuple[str, str]], _exc_info: Any = None, /
    ) -> Callable[[bytes], object]:
        self._status, self._headers = status, headers
        return self._handler.wfile.write

    def send(self, parts: Iterable[bytes]) -> None:
        code = int(self._status.split(" ", 1)[0])
        has_body = self._handler.command != "HEAD" and code not in _NO_BODY
        length = self._length(parts)
        self._send_head(code, length, chunked=has_body and length is None)
        if length is None:  # the parts may be long in coming
            self._handler.wfile.flush()
        if has_body:
            write = self._write if length is not None else self._write_chunk
            for part in parts:
                write(part)
            if length is None:
                self._handler.wfile.write(b"0\r\n\r\n")
        self._handler.wfile.flush()

    def _length(self, parts: Iterable[bytes]) -> int | None:
        for name, value in self._headers:
            if name.lower() == "content-length":
                return int(value)
        return sum(map(len, parts)) if isinstance(parts, (list, tuple)) else None

    def _send_head(self, code: int, length: int | None, *, chunked: bool) -> None:
        names = {name.lower() for name, _ in self._headers}
        self._handler.send_response_only(code, self._status.partition(" ")[2])
        for name, value in self._headers:
            self._handler.send_header(name, value)
        if "date" not in names:
            self._handler.send_header("Date", self._handler.date_time_string())
        if chunked:
            self._handler.send_header("Transfer-Encoding", "chunked")
        elif length is not None and "content-length" not in names and code not in _NO_BODY:
            self._handler.send_header("Content-Length", str(length))
        self._handler.end_headers()

    def _write(self, part: bytes) -> None:
        self._handler.wfile.write(part)

    def _write_chunk(self, part: bytes) -> None:
        if part:
            self._handler.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
            self._handler.wfile.flush()


def _read_chunks(stream: io.BufferedIOBase) -> bytes:
    chunks = []
    while size := int(stream.readline().partition(b";")[0], 16):
        chunks.append(stream.read(size))
        stream.readline()
    while stream.readline().strip():  # the trailers
        pass
    return b"".join(chunks)
