"""The HTTP server under the emulator: cheroot, which keeps connections open.

An AWS client makes many small calls over one connection; werkzeug's server, which moto's own
command uses, closes each.
"""

from __future__ import annotations

import logging
import socket
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from cheroot.server import HeaderReader, HTTPConnection, HTTPRequest
from cheroot.workers.threadpool import ThreadPool
from cheroot.wsgi import Gateway_10, Server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_LOG = logging.getLogger(__name__)
_THREADS = 16  # to begin with
_MOST_THREADS = 1024  # a reader of the event stream holds one for as long as it reads
#: Where moto looks up how such names were spelt (moto/core/request.py).
SPELLINGS = "moto.preserved_header_names"
_SHUTDOWN = 1  # seconds given to requests under way at the end


class _Headers(HeaderReader):
    def _allow_header(self, key_name: bytes) -> bool:
        # A header with an underscore could pass for the one with dashes; S3's metadata may have it.
        return b"_" not in key_name or key_name.lower().startswith(b"x-amz-meta-")


class _Request(HTTPRequest):
    header_reader = _Headers()


class _Gateway(Gateway_10):
    def get_environ(self) -> Any:  # cheroot's stubs say that it returns nothing
        """Return the WSGI environment as moto knows it."""
        environ: Any = super().get_environ()  # type: ignore[no-untyped-call]
        environ["RAW_URI"] = environ["REQUEST_URI"]
        path = environ["REQUEST_URI"].partition("?")[0]
        environ["PATH_INFO"] = unquote_to_bytes(path).decode("latin-1")
        names = (name.decode("latin-1").lower() for name in self.req.inheaders)
        environ[SPELLINGS] = {_variable(name): name for name in names if "_" in name}
        return environ


class _Connection(HTTPConnection):
    RequestHandlerClass = _Request

    def close(self) -> None:
        """Close it, its writer too: cheroot leaves that to the garbage collector.

        There it would complain of what a client that has gone can no longer be sent.
        """
        super().close()
        with suppress(OSError):
            self.wfile.close()


class _Pool(ThreadPool):
    """Threads that become more when all are busy: cheroot's stay as many as they were."""

    def put(self, obj: Any) -> None:
        """Have a connection served; a thread more is there for it if need be."""
        if self.idle <= self.qsize:
            self.grow(_THREADS)
        super().put(obj)


class _Server(Server):
    """cheroot's server, which tells our log and not standard error what went wrong."""

    ConnectionClass = _Connection
    bind_error: OSError | None = None

    def bind_socket(self, socket_: socket.socket, bind_addr: Any) -> socket.socket:  # type: ignore[override]
        """Bind; cheroot drops what the system said of a failure, and the socket."""
        try:
            socket_.bind(bind_addr)
        except OSError as error:
            socket_.close()
            self.bind_error = error
            raise
        return socket_

    def error_log(
        self,
        msg: str = "",
        level: int = logging.INFO,
        traceback: bool = False,  # noqa: FBT001, FBT002 - the base's signature
    ) -> None:
        _LOG.log(level, msg, exc_info=traceback)


class WsgiServer:
    """Serves `app` on `host`:`port` until `stop`, in `threads`; port 0 takes a free one.

    Raises OSError where the address is taken.
    """

    def __init__(
        self, host: str, port: int, app: WSGIApplication, *, threads: int = _THREADS
    ) -> None:
        self._server = _Server((host, port), app)
        self._server.requests = _Pool(self._server, min=threads, max=_MOST_THREADS)
        self._server.gateway = _Gateway
        self._server.server_name = "multidocker"
        self._server.shutdown_timeout = _SHUTDOWN
        try:
            self._server.prepare()
        except OSError as error:
            raise self._server.bind_error or error from None

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.bind_addr[1])

    def serve(self) -> None:
        """Answer requests until `stop` is called, from another thread."""
        self._server.serve()

    def stop(self) -> None:
        """Stop listening and let go of all connections."""
        self._server.stop()


def peek(environ: dict[str, Any]) -> bytes:
    """Return the body of a request without taking it away; nothing of one of unknown length."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if not length:
        return b""
    body: bytes = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = BytesIO(body)
    return body


def _variable(header: str) -> str:
    return "HTTP_" + header.upper().replace("-", "_")
