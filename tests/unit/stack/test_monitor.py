"""The client's end of the event stream, over the emulator's own log, page and server."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_multidocker.aws.control import ControlApp
from pytest_multidocker.aws.events import EventLog
from pytest_multidocker.aws.wsgi import WsgiServer
from pytest_multidocker.errors import EmulatorError
from pytest_multidocker.stack.monitor import Monitor

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse


class Emulator:
    """The events page alone. ``cut`` is after how many lines each of the first streams ends."""

    def __init__(self, *cut: int) -> None:
        self.events = EventLog()
        self.streams = 0
        self._cut = cut
        emulator: Any = SimpleNamespace(events=self.events)
        self._page = ControlApp(emulator, dict)
        self._server = WsgiServer("127.0.0.1", 0, self._answer)
        self.url = f"http://127.0.0.1:{self._server.port}"
        threading.Thread(target=self._server.serve, daemon=True).start()

    def _answer(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        self.streams += 1
        stream = self._page(environ, start)
        if self.streams <= len(self._cut):
            return itertools.islice(stream, self._cut[self.streams - 1])
        return stream

    def task(self, arn: str, status: str) -> None:
        self.events.publish("task", taskArn=arn, lastStatus=status)

    def die(self) -> None:
        self.events.close()
        self._server.stop()


@contextmanager
def running(*cut: int) -> Iterator[Emulator]:
    emulator = Emulator(*cut)
    try:
        yield emulator
    finally:
        emulator.die()


@contextmanager
def monitored(emulator: Emulator, obituary: str = "It is dead.") -> Iterator[Monitor]:
    with closing(Monitor(emulator.url, lambda: obituary)) as monitor:
        yield monitor


def status_is(monitor: Monitor, arn: str, status: str) -> bool:
    snapshot = monitor.task(arn)
    return snapshot is not None and snapshot["lastStatus"] == status


def test_an_event_ends_the_wait_for_it() -> None:
    with running() as emulator, monitored(emulator) as monitor:
        assert not monitor.wait(lambda: status_is(monitor, "a", "RUNNING"), 0.05)
        threading.Timer(0.1, emulator.task, ("a", "RUNNING")).start()
        began = time.monotonic()
        assert monitor.wait(lambda: status_is(monitor, "a", "RUNNING"), 60)
        assert time.monotonic() - began < 30


def test_a_stream_that_is_cut_is_taken_up_where_it_was() -> None:
    with running(3, 2) as emulator:
        for status in ("PENDING", "RUNNING", "STOPPED"):
            emulator.task("a", status)
        emulator.events.publish("database.failed", id="db", cause="no disk")
        with monitored(emulator) as monitor:
            assert monitor.wait(lambda: monitor.database("db") is not None, 30)
            assert status_is(monitor, "a", "STOPPED")
            assert str(monitor.database("db")).count("no disk") == 1
            assert emulator.streams == 3


def test_who_waits_is_told_at_once_that_the_emulator_is_gone() -> None:
    with running() as emulator, monitored(emulator) as monitor:
        threading.Timer(0.1, emulator.die).start()
        began = time.monotonic()
        with pytest.raises(EmulatorError, match=r"^It is dead\.$"):
            monitor.wait(lambda: False, 60)
        assert time.monotonic() - began < 20
        with pytest.raises(EmulatorError, match="dead"):
            monitor.wait(lambda: False, 60)


def test_what_has_come_true_before_the_end_still_holds() -> None:
    with running() as emulator, monitored(emulator) as monitor:
        emulator.task("a", "STOPPED")
        assert monitor.wait(lambda: status_is(monitor, "a", "STOPPED"), 30)
        emulator.die()
        with pytest.raises(EmulatorError):
            monitor.wait(lambda: False, 60)
        assert monitor.wait(lambda: status_is(monitor, "a", "STOPPED"), 0)


def test_an_emulator_that_ends_in_order_is_not_called_again() -> None:
    with running() as emulator, monitored(emulator) as monitor:
        emulator.events.publish("shutdown", run="r")
        emulator.events.close()
        with pytest.raises(EmulatorError, match="dead"):
            monitor.wait(lambda: False, 60)
        assert emulator.streams == 1


def test_a_monitor_that_is_closed_says_so() -> None:
    with running() as emulator, monitored(emulator) as monitor:
        threading.Timer(0.1, monitor.close).start()
        with pytest.raises(EmulatorError, match="read no more"):
            monitor.wait(lambda: False, 60)


def test_an_emulator_that_says_nothing_counts_as_gone() -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"

        def answer() -> None:
            connection, _ = mute.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n")
                mute.accept()[0].close()  # waits for the second attempt, and answers it not at all

        threading.Thread(target=answer, daemon=True).start()
        with (
            closing(Monitor(url, lambda: "It is mute.", silence=0.2)) as monitor,
            pytest.raises(EmulatorError, match="mute"),
        ):
            monitor.wait(lambda: False, 60)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 503 Down\r\nContent-Length: 0\r\n\r\n"])
def test_no_stream_is_an_error(answer: bytes) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        url = f"http://127.0.0.1:{other.getsockname()[1]}"

        def refuse() -> None:
            connection, _ = other.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

        threading.Thread(target=refuse, daemon=True).start()
        with pytest.raises(EmulatorError, match="No events come from http://127"):
            Monitor(url)
