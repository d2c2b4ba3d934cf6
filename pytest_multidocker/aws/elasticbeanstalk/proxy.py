"""One connection of a client to a load balancer: its requests, each passed on to a target.

HTTP is h11's; what stands here is which bytes go where. A connection outlives the targets behind
it, so that no request of a client that keeps its connection meets a target that has gone. After a
change of protocol, as to a web socket, bytes are passed on both ways as they come.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import h11

if TYPE_CHECKING:
    from .balancer import Target

Choose = Callable[[], "Target | None"]
Note = Callable[[str, int, float], None]
"""Told of a request that has ended: its target, its status, and how many seconds it took."""

_CHUNK = 64 * 1024
_CONNECT_TIMEOUT = 5.0  # seconds
_IDLE_TIMEOUT = 60.0  # seconds, that of AWS's load balancers
_HOP_BY_HOP = {b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"expect"}
_REASONS = {
    400: b"Bad Request",
    502: b"Bad Gateway",
    503: b"Service Unavailable",
    504: b"Gateway Timeout",
}
_SWITCHING = 101
_FINAL = 200


class _Broken(Exception):  # noqa: N818 - says what is the case
    """The target did not answer; ``status`` is what its client is told."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _Stream:
    """A connection with the state of HTTP on it."""

    def __init__(
        self, role: Any, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.http = h11.Connection(role)
        self.reader = reader
        self.writer = writer

    async def next_event(self) -> Any:
        """Return the next event of HTTP; ``h11.PAUSED`` where none can come for now."""
        while (event := self.http.next_event()) is h11.NEED_DATA:
            data = await asyncio.wait_for(self.reader.read(_CHUNK), _IDLE_TIMEOUT)
            self.http.receive_data(data)
        return event

    async def send(self, event: Any) -> None:
        """Send an event of HTTP."""
        data = self.http.send(event)
        if data:
            self.writer.write(data)
            await self.writer.drain()

    def close(self) -> None:
        """Let go of the connection."""
        self.writer.close()


class Proxy:
    """Serves one connection of a client until one of both closes it."""

    def __init__(
        self,
        choose: Choose,
        note: Note,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._choose = choose
        self._note = note
        self._client = _Stream(h11.SERVER, reader, writer)
        self._peer = writer.get_extra_info("peername")
        self._has_body = True

    async def serve(self) -> None:
        """Pass on requests; whatever happens to the client's connection, this does not fail.

        What is no request of HTTP, or one of HTTP/1.1 without a host, is answered with 400. Source:
        https://docs.aws.amazon.com/elasticloadbalancing/latest/application/
        load-balancer-troubleshooting.html
        """
        try:
            while await self._request():
                self._client.http.start_next_cycle()
        except h11.RemoteProtocolError:
            with contextlib.suppress(OSError, h11.ProtocolError):
                await self._answer(400)
        except (OSError, h11.ProtocolError, asyncio.TimeoutError, EOFError):
            return  # the client has gone
        finally:
            self._client.close()

    async def _request(self) -> bool:
        """Pass on one request; return whether another may follow on the connection."""
        request = await self._client.next_event()
        if not isinstance(request, h11.Request):
            return False
        self._has_body = request.method != b"HEAD"
        began = time.monotonic()
        target = self._choose()
        if target is None:
            status = await self._answer(503)
        else:
            target.begin()
            try:
                status = await self._pass_on(request, target)
            finally:
                target.end()
        self._note(target.id if target else "", status, time.monotonic() - began)
        states = self._client.http.our_state, self._client.http.their_state
        return states == (h11.DONE, h11.DONE)

    async def _pass_on(self, request: h11.Request, target: Target) -> int:
        try:
            backend = await self._connect(target)
        except _Broken as broken:
            return await self._answer(broken.status)
        try:
            return await self._exchange(request, backend)
        except _Broken as broken:
            return await self._answer(broken.status)
        finally:
            backend.close()

    @staticmethod
    async def _connect(target: Target) -> _Stream:
        try:
            opening = asyncio.open_connection(target.host, target.port)
            reader, writer = await asyncio.wait_for(opening, _CONNECT_TIMEOUT)
        except asyncio.TimeoutError:
            raise _Broken(504) from None
        except OSError:
            raise _Broken(502) from None
        return _Stream(h11.CLIENT, reader, writer)

    async def _exchange(self, request: h11.Request, backend: _Stream) -> int:
        try:
            await backend.send(self._outgoing(request))
        except OSError:
            raise _Broken(502) from None
        body = asyncio.create_task(self._pass_body(backend))
        answer = asyncio.create_task(self._pass_answer(backend))
        try:
            await asyncio.wait({body, answer}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                await body  # a client that has gone will not see the answer
            return await answer
        finally:
            body.cancel()
            answer.cancel()
            await asyncio.gather(body, answer, return_exceptions=True)

    async def _pass_body(self, backend: _Stream) -> None:
        """Pass on the request's body; a target that takes no more of it may still answer."""
        if self._client.http.they_are_waiting_for_100_continue:
            await self._client.send(h11.InformationalResponse(status_code=100, headers=[]))
        while True:
            event = await self._client.next_event()
            if not isinstance(event, (h11.Data, h11.EndOfMessage)):
                return
            with contextlib.suppress(OSError, h11.LocalProtocolError):
                await backend.send(_same(event))
            if isinstance(event, h11.EndOfMessage):
                return

    async def _pass_answer(self, backend: _Stream) -> int:
        response = await self._response(backend)
        if response.status_code == _SWITCHING:
            await self._client.send(response)
            await self._tunnel(backend)
            return _SWITCHING
        headers = [(n, v) for n, v in response.headers.raw_items() if n.lower() not in _HOP_BY_HOP]
        status: int = response.status_code
        await self._client.send(
            h11.Response(status_code=status, headers=headers, reason=response.reason)
        )
        while True:
            try:
                event = await backend.next_event()
            except h11.RemoteProtocolError:
                raise OSError("the target broke off in the middle of its answer") from None
            await self._client.send(_same(event))
            if isinstance(event, h11.EndOfMessage):
                return status

    @staticmethod
    async def _response(backend: _Stream) -> Any:
        try:
            while True:
                event = await backend.next_event()
                if not isinstance(event, (h11.Response, h11.InformationalResponse)):
                    raise _Broken(502)
                if event.status_code == _SWITCHING or event.status_code >= _FINAL:
                    return event
        except (OSError, h11.RemoteProtocolError):
            raise _Broken(502) from None
        except asyncio.TimeoutError:
            raise _Broken(504) from None

    async def _tunnel(self, backend: _Stream) -> None:
        """Pass on bytes both ways until one side ends."""
        client = self._client
        ways = (
            asyncio.create_task(_copy(client, backend)),
            asyncio.create_task(_copy(backend, client)),
        )
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)

    async def _answer(self, status: int) -> int:
        """Answer in the place of a target, unless a part of its answer has gone out already."""
        if self._client.http.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            raise OSError("the target broke off in the middle of its answer")
        text = f"{status} {_REASONS[status].decode()}\n".encode()
        headers = [
            ("Content-Type", "text/plain"),
            ("Content-Length", str(len(text))),
            ("Connection", "close"),
        ]
        await self._client.send(
            h11.Response(status_code=status, headers=headers, reason=_REASONS[status])
        )
        if self._has_body:
            await self._client.send(h11.Data(data=text))
        await self._client.send(h11.EndOfMessage())
        return status

    def _outgoing(self, request: h11.Request) -> h11.Request:
        return h11.Request(
            method=request.method,
            target=request.target,
            headers=list(self._headers(request)),
        )

    def _headers(self, request: h11.Request) -> Iterator[tuple[bytes, bytes]]:
        forwarded_for = [str(self._peer[0]).encode() if self._peer else b"unknown"]
        upgrades = False
        for name, value in request.headers.raw_items():
            lower = name.lower()
            upgrades = upgrades or lower == b"upgrade"
            if lower == b"x-forwarded-for":
                forwarded_for.insert(-1, value)
            elif lower not in _HOP_BY_HOP:
                yield name, value
        yield b"Connection", b"upgrade" if upgrades else b"close"
        yield b"X-Forwarded-For", b", ".join(forwarded_for)
        yield b"X-Forwarded-Proto", b"http"
        yield b"X-Forwarded-Port", b"80"


def _same(event: Any) -> Any:
    """Return the event without what belongs to the connection that it came from."""
    if isinstance(event, h11.Data):
        return h11.Data(data=event.data)
    return h11.EndOfMessage(headers=event.headers)


async def _copy(source: _Stream, sink: _Stream) -> None:
    chunk, _ = source.http.trailing_data
    if not chunk:
        chunk = await source.reader.read(_CHUNK)
    while chunk:
        sink.writer.write(chunk)
        await sink.writer.drain()
        chunk = await source.reader.read(_CHUNK)
