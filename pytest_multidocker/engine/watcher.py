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
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..ecs.events import Died, Dying, HealthChanged
from .identity import CONTAINER_LABEL, TASK_LABEL
from .observation import KILLED, died, health, is_dead
from .oom import OomKills

if TYPE_CHECKING:
    from docker import DockerClient

    from .protocol import Listener

_LOG = logging.getLogger(__name__)
_SIGKILL = {"9", "SIGKILL"}
_FIRST_PAUSE = 0.05  # seconds before the stream is taken up again
_LONGEST_PAUSE = 2.0  # seconds between attempts to reach a daemon that is away


class Watcher:
    """A thread that follows the events of a run's task containers until it is closed."""

    def __init__(self, client: DockerClient, run_label: str, listener: Listener) -> None:
        self._client = client
        self._listener = listener
        self._filters = {
            "type": "container",
            "label": [run_label, TASK_LABEL],
            "event": ["die", "kill", "health_status"],
        }
        self._killed: set[str] = set()
        self._oom_kills = OomKills()
        self._alive: dict[str, tuple[str, str]] = {}
        self._closing = threading.Event()
        self._stream: Any = None
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, name="docker-events", daemon=True)

    def start(self, timeout: float = 10.0) -> None:
        """Begin to follow; return when Docker has taken the subscription, or after ``timeout``."""
        self._thread.start()
        self._listening.wait(timeout)

    def expect(self, name: str, task_arn: str, container: str) -> None:
        """Tell of the death of the container of that Docker name, which is about to run."""
        self._alive[name] = (task_arn, container)

    def let_go(self, name: str) -> None:
        """Leave the container's death to whoever stops it."""
        self._alive.pop(name, None)

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
        for name, (task_arn, container) in list(self._alive.items()):
            inspected = self._inspect(name)
            if inspected is None or is_dead(inspected):
                self._died(name, inspected, None)
            elif (word := health(inspected)) is not None:
                self._listener(task_arn, HealthChanged(container, time.time(), word))

    def _tell(self, event: Mapping[str, Any]) -> None:
        attributes, now = event["Actor"]["Attributes"], time.time()
        task_arn, container = attributes[TASK_LABEL], attributes[CONTAINER_LABEL]
        action = str(event.get("Action", ""))
        if action.startswith("health_status:"):
            word = action.partition(":")[2].strip().upper()
            self._listener(task_arn, HealthChanged(container, now, word))
        elif (name := attributes["name"]) not in self._alive:
            return
        elif action == "die":
            self._listener(task_arn, Dying(container, now))
            self._died(name, self._inspect(name), attributes.get("exitCode"))
        elif attributes.get("signal") in _SIGKILL:
            self._killed.add(name)

    def _died(self, name: str, inspected: dict[str, Any] | None, exit_code: str | None) -> None:
        task_arn, container = self._alive.pop(name, (None, ""))
        if task_arn is None:  # it has been stopped meanwhile
            return
        if inspected is not None and is_dead(inspected):
            ended = died(container, inspected)
            oom = self._ran_out_of_memory(name, ended)
            self._listener(task_arn, replace(ended, oom_killed=oom))
        else:  # removed behind our back, or started again: the event alone knows how it ended
            code = None if exit_code is None else int(exit_code)
            self._listener(task_arn, Died(container, time.time(), code))

    def _ran_out_of_memory(self, name: str, ended: Died) -> bool:
        """Tell it from Docker's word, or else from a SIGKILL that nobody has asked Docker for."""
        killed = name in self._killed
        self._killed.discard(name)
        rose = ended.exit_code == KILLED and self._oom_kills.rose()
        return ended.oom_killed or (rose and not killed)

    def _inspect(self, name: str) -> dict[str, Any] | None:
        from docker.errors import NotFound

        try:
            inspected: dict[str, Any] = self._client.api.inspect_container(name)
        except NotFound:
            return None
        return inspected


def _release(stream: Any) -> None:
    # The library's own close() wakes whoever reads, but leaves the socket to the garbage collector.
    response = getattr(stream, "_response", None)
    if response is not None:
        response.close()
