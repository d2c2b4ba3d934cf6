"""An environment at work: one operation at a time, in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from .environment import Environment
from .messages import ours
from .monitor import Monitor
from .records import now
from .tasks import Closing

if TYPE_CHECKING:
    from .balancer import Balancer
    from .region import Region
    from .release import Release

_LOG = logging.getLogger(__name__)
_JOIN_TIMEOUT = 5.0  # seconds

Work = Callable[[], None]


class Cancelled(Exception):  # noqa: N818 - not an error: somebody has asked for it
    """The operation is not to go on: the environment is to be terminated."""


class Aborted(Exception):  # noqa: N818
    """The operation is not to go on: AbortEnvironmentUpdate was called."""


class OperationFailed(Exception):  # noqa: N818
    """The operation cannot go on; its events have told why."""


class Runtime:
    """What an environment has while it lives: its load balancer, its monitor, its operation."""

    def __init__(self, region: Region, environment: Environment) -> None:
        self.region = region
        self.environment = environment
        self.balancer: Balancer | None = None
        self.release: Release | None = None
        self.monitor = Monitor(self)
        self.aborting = threading.Event()
        self._request_id: str | None = None
        self._cancelled = threading.Event()
        self._thread: threading.Thread | None = None

    def tell(self, message: str, severity: str = "INFO") -> None:
        """Write an event of the environment, with the request that the operation is for."""
        environment = self.environment
        self.region.journal.write(
            message,
            severity,
            environment.application,
            environment=environment.name,
            environment_id=environment.id,
            request_id=self._request_id,
        )

    @property
    def drain(self) -> float:
        """Seconds that open requests get when an instance is taken out of service."""
        configured = self.environment.configuration.deregistration_delay
        return min(self.region.times.drain, configured)

    def error(self, message: str) -> None:
        """Write an event about what has gone wrong."""
        self.tell(message, "ERROR")

    # --- operations -----------------------------------------------------------------------------

    def begin(self, what: str, status: str, request_id: str, work: Work) -> None:
        """Do the work in a thread; the environment has that status until it is done."""
        self._request_id = request_id
        self.environment.begin(what, status)
        self._cancelled.clear()
        self.aborting.clear()
        self._thread = threading.Thread(
            target=self._live, args=(work,), name=f"eb {self.environment.name}", daemon=True
        )
        self._thread.start()

    def finish(self, *events: tuple[str, str]) -> None:
        """Note that the operation has ended, with its last events: severities and messages.

        Whoever sees the last event, or the environment Ready, sees the other one as well, and its
        health as it is now. The environment gets Ready even where that cannot be found out.
        """
        environment = self.environment
        with environment.lock:
            environment.took = (now() - environment.since).total_seconds()
        try:
            self._serve_all()
            self.monitor.look()
        except Exception as error:  # noqa: BLE001 - clients wait for this environment
            self._tell_fault(error)
        with environment.lock:
            for severity, message in events:
                self.tell(message, severity)
            environment.end("Ready")
        self.region.tasks.wake()

    def _serve_all(self) -> None:
        for instance in self.environment.instances:
            if self.balancer is not None and instance.target is not None:
                self.balancer.register(instance.id, *instance.target)

    def cancel(self) -> None:
        """End the operation under way, and return when it has ended."""
        self._cancelled.set()
        self.region.tasks.wake()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(_JOIN_TIMEOUT)

    def join(self) -> None:
        """Wait until the operation under way has ended."""
        if self._thread is not None:
            self._thread.join()

    def check(self) -> None:
        """Raise where the operation is not to go on."""
        if self.region.emulator.closing.is_set():
            raise Closing
        if self._cancelled.is_set():
            raise Cancelled
        if self.aborting.is_set():
            raise Aborted

    def wait(self, done: Callable[[], bool], timeout: float) -> bool:
        """Return whether ``done`` came true in time; it is asked after every change of a task.

        Raises as :meth:`check` does as soon as that would.
        """

        def ended() -> bool:
            return self._cancelled.is_set() or self.aborting.is_set() or done()

        self.region.tasks.wait(ended, timeout)
        self.check()
        return done()

    def close(self) -> None:
        """Let go of everything; what there is of it in AWS stays."""
        self.monitor.stop()
        if self.balancer is not None:
            self.region.emulator.sites.withdraw(self.environment.cname)
            self.balancer.close()
            self.balancer = None

    def _live(self, work: Work) -> None:
        try:
            work()
        except (Closing, Cancelled):
            return
        except Exception as error:  # noqa: BLE001 - clients wait for this environment
            self._tell_fault(error)
            self.finish()

    def _tell_fault(self, error: Exception) -> None:
        """Tell of an error of ours, which is being handled."""
        _LOG.exception("an operation of environment %s failed", self.environment.name)
        self.error(ours(f"The emulator failed: {type(error).__name__}: {error}"))
