"""Docker's event stream, as the agent's events.

Nothing is polled: Docker says when a container dies or changes its health. Where the stream breaks,
because the daemon was restarted, it is taken up again and what was missed is looked up once.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..ecs.events import Died, Dying, HealthChanged, Revived
from .autopsy import Autopsy
from .identity import CONTAINER_LABEL, TASK_LABEL
from .observation import health, is_dead

if TYPE_CHECKING:
    from docker import DockerClient

    from .bounds import Bounds
    from .protocol import Listener

_LOG = logging.getLogger(__name__)
_SIGKILL = {"9", "SIGKILL"}
_FIRST_PAUSE = 0.05  # seconds before the stream is taken up again
_LONGEST_PAUSE = 2.0  # seconds between attempts to reach a daemon that is away


@dataclass(frozen=True)
class _Watched:
    """A container whose death is to be told; ``confirmed`` is whether Docker has started it."""

    task_arn: str
    container: str
    confirmed: bool = False
    killed: bool = False


class Watcher:
    """A thread that follows the events of a run's task containers until it is closed."""

    def __init__(
        self, client: DockerClient, run_label: str, listener: Listener, bounds: Bounds
    ) -> None:
        self._client = client
        self._listener = listener
        self._closing = threading.Event()
        self._autopsy = Autopsy(client, bounds, self._closing)
        self._filters = {
            "type": "container",
            "label": [run_label, TASK_LABEL],
            "event": ["start", "die", "kill", "health_status"],
        }
        self._lock = threading.Lock()
        self._alive: dict[str, _Watched] = {}
        self._stream: Any = None
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, name="docker-events", daemon=True)

    def start(self, timeout: float = 10.0) -> None:
        """Begin to follow; return when Docker has taken the subscription, or after ``timeout``."""
        self._thread.start()
        self._listening.wait(timeout)

    def expect(self, name: str, task_arn: str, container: str) -> None:
        """Tell of the death of the container of that Docker name, which is about to run."""
        with self._lock:
            self._alive[name] = _Watched(task_arn, container)

    def confirm(self, name: str) -> None:
        """Take note that Docker has started the container: from now on it runs or is dead."""
        with self._lock:
            if name in self._alive:
                self._alive[name] = replace(self._alive[name], confirmed=True)

    def let_go(self, name: str) -> bool:
        """Leave the container's death to the caller; ``False`` if it has been told or will be."""
        with self._lock:
            return self._alive.pop(name, None) is not None

    def close(self) -> None:
        """End the thread."""
        self._closing.set()
        if self._stream is not None:
            with contextlib.suppress(Exception):  # a broken connection needs no closing
                self._stream.close()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        while not self._closing.is_set():
            self._listening.clear()
            try:
                self._follow()
            except Exception as error:  # noqa: BLE001 - whatever broke it, the stream must go on
                if not self._closing.is_set():
                    _LOG.warning("Docker's event stream broke (%s): taking it up again", error)
            pause = _FIRST_PAUSE if self._listening.is_set() else min(pause * 2, _LONGEST_PAUSE)
            self._closing.wait(pause)

    def _follow(self) -> None:
        self._stream = stream = self._client.api.events(decode=True, filters=self._filters)
        try:
            self._listening.set()
            self._catch_up()
            for event in stream:
                if self._closing.is_set():
                    return
                self._tell(event)
        finally:
            _release(stream)

    def _catch_up(self) -> None:
        """Look after the containers whose events may have been missed."""
        with self._lock:
            confirmed = [(name, w) for name, w in self._alive.items() if w.confirmed]
        for name, watched in confirmed:
            inspected = self._autopsy.inspect(name)
            if inspected is None or is_dead(inspected):
                if self.let_go(name):
                    missed = self._autopsy.missed(watched.container, inspected)
                    self._listener(watched.task_arn, missed)
            elif (word := health(inspected)) is not None:
                told = HealthChanged(watched.container, time.time(), word)
                self._listener(watched.task_arn, told)

    def _tell(self, event: Mapping[str, Any]) -> None:
        attributes, now = event["Actor"]["Attributes"], time.time()
        task_arn, container = attributes[TASK_LABEL], attributes[CONTAINER_LABEL]
        name, action = attributes["name"], str(event.get("Action", ""))
        if action.startswith("health_status:"):
            word = action.partition(":")[2].strip().upper()
            self._listener(task_arn, HealthChanged(container, now, word))
        elif action == "start":
            if name not in self._alive:
                self._listener(task_arn, Revived(container, now))
        elif action == "die":
            self._died(name, attributes.get("exitCode"))
        elif attributes.get("signal") in _SIGKILL:
            self._killed(name)

    def _killed(self, name: str) -> None:
        with self._lock:
            if name in self._alive:
                self._alive[name] = replace(self._alive[name], killed=True)

    def _died(self, name: str, exit_code: str | None) -> None:
        with self._lock:
            watched = self._alive.pop(name, None)
        if watched is None:  # whoever stops it tells of its death
            return
        now = time.time()
        self._listener(watched.task_arn, Dying(watched.container, now))
        code = None if exit_code is None else int(exit_code)
        oom = self._autopsy.ran_out_of_memory(code, killed=watched.killed)
        ended = Died(watched.container, now, code, oom_killed=oom)
        # In a thread of its own: another container's death must not wait for this one's inspection.
        threading.Thread(
            target=self._tell_death, args=(name, watched.task_arn, ended), daemon=True
        ).start()

    def _tell_death(self, name: str, task_arn: str, ended: Died) -> None:
        if (died := self._autopsy.perform(name, ended)) is not None:
            self._listener(task_arn, died)


def _release(stream: Any) -> None:
    # The library's own close() wakes whoever reads, but leaves the socket to the garbage collector.
    response = getattr(stream, "_response", None)
    if response is not None:
        response.close()
