"""The load balancer of an environment: an address on this machine, and the instances behind it.

All of them listen in one thread, on one event loop. What a request goes through is in ``proxy``.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .metrics import Metrics, Request
from .proxy import Proxy

HOST = "127.0.0.1"
_CLOSE_TIMEOUT = 2.0  # seconds
_T = TypeVar("_T")


@dataclass
class Target:
    """An instance behind a load balancer: where it answers, and what it is answering."""

    id: str
    host: str
    port: int
    healthy: bool
    open: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)

    def begin(self) -> None:
        """Count a request that begins."""
        self.open += 1

    def end(self) -> None:
        """Count a request that has ended."""
        self.open -= 1
        if not self.open:
            self.idle.set()


class EventLoop:
    """An asyncio event loop in a thread of its own, started by the first use."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def run(self, work: Coroutine[Any, Any, _T], timeout: float | None = None) -> _T:
        """Return what the coroutine returns, or raise what it raises; waits for it."""
        future: Future[_T] = asyncio.run_coroutine_threadsafe(work, self._started())
        return future.result(timeout)

    def close(self) -> None:
        """End the thread; whatever listens on the loop stops."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is not None and thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(_CLOSE_TIMEOUT)

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=self._live, args=(self._loop,), name="eb-balancer", daemon=True
                )
                self._thread.start()
            return self._loop

    @staticmethod
    def _live(loop: asyncio.AbstractEventLoop) -> None:
        loop.run_forever()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


class Balancer:
    """Spreads requests over its healthy targets in turn, and counts what becomes of them.

    Where none is healthy, all get some if it ``fails_open``, as Application and Network Load
    Balancers do, and else none, as with Classic Load Balancers: the answer is 503. Source: `Target
    group health <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/
    target-group-health.html>`_ and `HTTP 503 <https://docs.aws.amazon.com/elasticloadbalancing/
    latest/classic/ts-elb-error-message.html>`_.

    Its methods may be called from any thread but the loop's own.
    """

    def __init__(self, loop: EventLoop, fails_open: Callable[[], bool] = lambda: True) -> None:
        self.metrics = Metrics()
        self._fails_open = fails_open
        self._loop = loop
        self._targets: dict[str, Target] = {}
        self._turn = 0
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self.port = loop.run(self._listen())

    @property
    def endpoint(self) -> str:
        """The address, as ``host:port``."""
        return f"{HOST}:{self.port}"

    def register(self, target_id: str, host: str, port: int, *, healthy: bool = False) -> None:
        """Have a target get requests, once it is healthy; a known one may have a new address."""
        self._loop.run(self._register(Target(target_id, host, port, healthy)))

    def mark(self, target_id: str, *, healthy: bool) -> None:
        """Note whether a target passes its health checks; one that does not gets no requests."""
        self._loop.run(self._mark(target_id, healthy=healthy))

    def healths(self) -> dict[str, bool]:
        """Return the ids of the targets, and whether each is healthy."""
        return {target.id: target.healthy for target in list(self._targets.values())}

    def withdraw(self, target_id: str, drain: float = 0.0) -> bool:
        """Give a target no more requests; wait up to ``drain`` seconds for those that are open.

        Returns whether none is left.
        """
        return self._loop.run(self._withdraw(target_id, drain))

    def close(self) -> None:
        """Stop listening and let go of all connections."""
        self._loop.run(self._close())

    async def _listen(self) -> int:
        self._server = await asyncio.start_server(self._accept, HOST, 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        await Proxy(self._choose, self._note, reader, writer).serve()

    async def _register(self, target: Target) -> None:
        known = self._targets.get(target.id)
        if known is None or (known.host, known.port) != (target.host, target.port):
            self._targets[target.id] = target
        elif target.healthy:
            known.healthy = True

    async def _mark(self, target_id: str, *, healthy: bool) -> None:
        if target_id in self._targets:
            self._targets[target_id].healthy = healthy

    async def _withdraw(self, target_id: str, drain: float) -> bool:
        target = self._targets.pop(target_id, None)
        if target is None or not target.open:
            return True
        target.idle.clear()
        try:
            await asyncio.wait_for(target.idle.wait(), drain)
        except asyncio.TimeoutError:
            return False
        return True

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _choose(self) -> Target | None:
        targets = [target for target in self._targets.values() if target.healthy]
        if not targets and self._fails_open():
            targets = list(self._targets.values())
        if not targets:
            return None
        self._turn += 1
        return targets[self._turn % len(targets)]

    def _note(self, target: str, status: int, seconds: float) -> None:
        self.metrics.note(Request(time.time(), target, status, seconds))
