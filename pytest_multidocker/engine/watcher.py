"""Docker's event stream, as the agent's events.

Docker says when a container dies or changes its health. Where the stream breaks, because the daemon
was restarted, it is taken up again and what was missed is looked up once. As a stream can fall
silent without an end, behind a tunnel say, what runs is also looked up from time to time.

Source: ``agent/engine/docker_task_engine.go`` (``handleDockerEvents``) and ``task_manager.go``
(``waitSteady``) of amazon-ecs-agent.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from ..ecs.events import Died, Dying, HealthChanged, Revived
from .autopsy import Autopsy
from .identity import CONTAINER_LABEL, TASK_LABEL
from .observation import KILLED, health, is_dead

if TYPE_CHECKING:
    from docker import DockerClient

    from .bounds import Bounds
    from .protocol import Listener

_LOG = logging.getLogger(__name__)
_SIGKILL = {"9", "SIGKILL"}
_FIRST_PAUSE = 0.05  # seconds before the stream is taken up again
_LONGEST_PAUSE = 2.0  # seconds between attempts to reach a daemon that is away


class Key(NamedTuple):
    """Which container it is: others may rename it."""

    task_arn: str
    container: str


@dataclass(frozen=True)
class _Watched:
    """A container whose death is to be told.

    ``kills`` is how many processes the kernel had killed for want of memory when it was about to
    start, and ``None`` if it has no memory limit; ``stream`` the number of the stream that was
    followed then, ``confirmed`` whether Docker has started it, ``killed`` whether somebody has had
    Docker send it SIGKILL, ``oom`` whether Docker has told that one of its processes was killed for
    want of memory.
    """

    runtime_id: str
    kills: int | None
    stream: int
    confirmed: bool = False
    killed: bool = False
    oom: bool = False

    @property
    def suspect_since(self) -> int | None:
        """After how many kills of the kernel's a SIGKILL that Docker has no reason for may be one.

        ``None`` if it can be none.
        """
        return None if self.killed else self.kills


class Watcher:
    """Threads that follow a run's task containers until it is closed."""

    def __init__(
        self, client: DockerClient, run_label: str, listener: Listener, bounds: Bounds
    ) -> None:
        self._client = client
        self._listener = listener
        self._steady = bounds.steady
        self._closing = threading.Event()
        self._autopsy = Autopsy(client, bounds, self._closing)
        self._filters = {
            "type": "container",
            "label": [run_label, TASK_LABEL],
            "event": ["start", "die", "kill", "oom", "health_status"],
        }
        self._lock = threading.Lock()
        self._alive: dict[Key, _Watched] = {}
        self._stream: Any = None
        self._streams = 0
        self._listening = threading.Event()
        self._threads = [
            threading.Thread(target=work, name=name, daemon=True)
            for work, name in ((self._run, "docker-events"), (self._verify, "steady-state"))
        ]

    def start(self, timeout: float = 10.0) -> None:
        """Begin to follow; return when Docker has taken the subscription, or after ``timeout``."""
        for thread in self._threads:
            thread.start()
        self._listening.wait(timeout)

    def expect(self, key: Key, runtime_id: str, *, limited: bool) -> None:
        """Tell of the death of the container, which is about to run.

        ``limited`` is whether it has a memory limit.
        """
        kills = self._autopsy.starts(runtime_id) if limited else None
        with self._lock:
            self._alive[key] = _Watched(runtime_id, kills, self._streams)

    def confirm(self, key: Key) -> bool:
        """Take note that Docker has started the container: from now on it runs or is dead.

        Return whether no event since it was expected can have been missed.
        """
        with self._lock:
            if (watched := self._alive.get(key)) is None:
                return True  # it has died, as an event has told
            self._alive[key] = replace(watched, confirmed=True)
            return self._listening.is_set() and watched.stream == self._streams

    def let_go(self, key: Key) -> bool:
        """Leave the container's death to the caller; ``False`` if it has been told or will be."""
        with self._lock:
            return self._alive.pop(key, None) is not None

    def close(self) -> None:
        """End the threads."""
        self._closing.set()
        if self._stream is not None:
            with contextlib.suppress(Exception):  # a broken connection needs no closing
                self._stream.close()
        for thread in self._threads:
            thread.join(timeout=2)
        self._autopsy.close()

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        while not self._closing.is_set():
            streams = self._streams
            try:
                self._follow()
            except Exception as error:  # noqa: BLE001 - whatever broke it, the stream must go on
                if not self._closing.is_set():
                    _LOG.warning("Docker's event stream broke (%s): taking it up again", error)
            pause = _FIRST_PAUSE if self._streams > streams else min(pause * 2, _LONGEST_PAUSE)
            self._closing.wait(pause)

    def _follow(self) -> None:
        self._stream = stream = self._client.api.events(decode=True, filters=self._filters)
        try:
            with self._lock:
                self._streams += 1
                self._listening.set()
            self._catch_up()
            for event in stream:
                if self._closing.is_set():
                    return
                self._tell(event)
        finally:
            self._listening.clear()
            _release(stream)

    def _verify(self) -> None:
        while not self._closing.wait(self._steady):
            self._look_again()

    def _look_again(self) -> None:
        try:
            self._catch_up()
        except Exception as error:  # noqa: BLE001 - whatever it was, the next look may succeed
            _LOG.warning("What runs could not be looked up: %s", error)

    def _catch_up(self) -> None:
        """Look after the containers whose events may have been missed."""
        with self._lock:
            confirmed = [(key, w) for key, w in self._alive.items() if w.confirmed]
        for key, watched in confirmed:
            inspected = self._autopsy.inspect(watched.runtime_id)
            if inspected is None or is_dead(inspected):
                if self.let_go(key):
                    missed = self._autopsy.missed(
                        key.container, watched.runtime_id, inspected, watched.suspect_since
                    )
                    self._listener(key.task_arn, missed)
            elif (word := health(inspected)) is not None:
                self._listener(key.task_arn, HealthChanged(key.container, time.time(), word))

    def _tell(self, event: Mapping[str, Any]) -> None:
        attributes, now = event["Actor"]["Attributes"], time.time()
        key = Key(attributes[TASK_LABEL], attributes[CONTAINER_LABEL])
        action = str(event.get("Action", ""))
        if action.startswith("health_status:"):
            word = action.partition(":")[2].strip().upper()
            self._listener(key.task_arn, HealthChanged(key.container, now, word))
        elif action == "start":
            if key not in self._alive:
                self._listener(key.task_arn, Revived(key.container, now))
        elif action == "die":
            self._died(key, attributes.get("exitCode"))
        elif action == "oom":
            self._autopsy.process_killed(event["Actor"]["ID"])
            self._note(key, oom=True)
        elif attributes.get("signal") in _SIGKILL:
            self._note(key, killed=True)

    def _note(self, key: Key, *, killed: bool = False, oom: bool = False) -> None:
        with self._lock:
            if (watched := self._alive.get(key)) is not None:
                told = replace(watched, killed=watched.killed or killed, oom=watched.oom or oom)
                self._alive[key] = told

    def _died(self, key: Key, exit_code: str | None) -> None:
        with self._lock:
            watched = self._alive.pop(key, None)
        if watched is None:  # whoever stops it tells of its death
            return
        now = time.time()
        self._listener(key.task_arn, Dying(key.container, now))
        code = None if exit_code is None else int(exit_code)
        # Docker has told that it knows, or does not.
        oom = watched.oom and code == KILLED and not watched.killed
        if not oom:
            oom = self._autopsy.ran_out_of_memory(watched.runtime_id, code, watched.suspect_since)
        ended = Died(key.container, now, code, oom_killed=oom)
        # In a thread of its own: another container's death must not wait for this one's inspection.
        threading.Thread(
            target=self._tell_death, args=(key, watched.runtime_id, ended), daemon=True
        ).start()

    def _tell_death(self, key: Key, runtime_id: str, ended: Died) -> None:
        if (died := self._autopsy.perform(runtime_id, ended)) is not None:
            self._listener(key.task_arn, died)


def _release(stream: Any) -> None:
    # The library's own close() wakes whoever reads, but leaves the socket to the garbage collector.
    response = getattr(stream, "_response", None)
    if response is not None:
        response.close()
