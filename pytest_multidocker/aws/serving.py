"""The life of an emulator process: from its start to its signal, or to the death of its owners."""

from __future__ import annotations

import logging
import os
import queue
import shutil
import signal
import sys
import threading
from typing import TYPE_CHECKING

from pytest_multidocker.engine.run import Run
from pytest_multidocker.errors import EmulatorError

from .emulator import Emulator, EmulatorOptions
from .lifeline import Lifeline, await_exit
from .server import EmulatorServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path
    from typing import Any

_LOG = logging.getLogger(__name__)
_CLOSE_TIMEOUT = 30  # seconds, after which the process ends with containers left behind
_FORCED = 1

_SIGNAL = "signal"
_OWNERS_GONE = "owners gone"


def serve(
    options: EmulatorOptions,
    announce: Callable[[Emulator], None],
    *,
    workdir: Path | None = None,
    lifeline: Path | None = None,
    meeting_place: Path | None = None,
    controller: int | None = None,
) -> None:
    """Serve until SIGINT, SIGTERM, SIGHUP or the end of the lifeline; then remove everything.

    `announce` is called once the emulator listens. `lifeline` is a FIFO: its end of file means that
    every process that held it for writing is gone; `meeting_place`, a folder of theirs, is removed
    then. `controller` is the id of the process that they work for: its end is theirs, though they
    may take seconds to notice. A second signal ends the process at once.

    Raises EmulatorError where the port is taken or a service cannot be loaded, EngineUnavailable
    where Docker does not answer.
    """
    stop = _StopRequests()
    stop.on_signals()
    if lifeline is not None:
        stop.at_end_of(Lifeline(lifeline))
    if controller is not None:
        stop.at_exit_of(controller)
    run = Run.start(workdir)
    server = EmulatorServer(Emulator(options, run))
    try:
        _start(server)
    except BaseException:
        run.end(keep_workdir=workdir is not None)  # its owner reads the log that lies there
        raise
    if lifeline is None:  # else the owner learns it from his first request, and ends us
        server.loaded.add_done_callback(stop.on_failure)
    announce(server.emulator)
    reason = stop.wait()
    if lifeline is not None:
        lifeline.unlink(missing_ok=True)  # nobody shall hold on to what is ending
    _close(server)
    if meeting_place is not None:
        shutil.rmtree(meeting_place, ignore_errors=True)
    if isinstance(reason, BaseException):
        raise EmulatorError(f"a service of the emulator cannot be loaded: {reason!r}") from reason
    if meeting_place is not None:
        _exit_now(0)  # with the folder gone, everybody takes this process for gone too


def _start(server: EmulatorServer) -> None:
    options = server.emulator.options
    try:
        server.start()
    except OSError as error:
        raise EmulatorError(
            f"cannot listen on {options.host}:{options.port}: {error.strerror or error}. "
            "Choose another port with --port, or 0 for any free one."
        ) from error


def _close(server: EmulatorServer) -> None:
    watchdog = threading.Timer(_CLOSE_TIMEOUT, _give_up, [server.emulator.run.id])
    watchdog.daemon = True
    watchdog.start()
    server.close()
    watchdog.cancel()


def _give_up(run_id: str) -> None:
    _LOG.error(
        "clean-up takes over %s s; `multidocker clean` removes run %s", _CLOSE_TIMEOUT, run_id
    )
    _exit_now()


def _exit_now(code: int = _FORCED) -> None:
    sys.stderr.flush()
    os._exit(code)


class _StopRequests:
    """Why the emulator should stop: a signal, its owners' death, or the error that broke it."""

    def __init__(self) -> None:
        # A SimpleQueue may be put to from a signal handler that interrupts its own `get`.
        self._reasons: queue.SimpleQueue[str | BaseException] = queue.SimpleQueue()
        self._signals = 0

    def wait(self) -> str | BaseException:
        return self._reasons.get()

    def on_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup wants us to live on
            signal.signal(signal.SIGHUP, self._on_signal)

    def at_end_of(self, lifeline: Lifeline) -> None:
        def wait() -> None:
            lifeline.wait_for_end()
            self._reasons.put(_OWNERS_GONE)

        threading.Thread(target=wait, name="lifeline", daemon=True).start()

    def at_exit_of(self, process: int) -> None:
        def wait() -> None:
            if await_exit(process):  # else its workers' end has to do
                self._reasons.put(_OWNERS_GONE)

        threading.Thread(target=wait, name="owner", daemon=True).start()

    def on_failure(self, loaded: Future[Any]) -> None:
        error = loaded.exception()
        if error is not None:
            self._reasons.put(error)

    def _on_signal(self, _number: int, _frame: object) -> None:
        self._signals += 1
        if self._signals > 1:
            _exit_now()
        self._reasons.put(_SIGNAL)
