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
from typing import TYPE_CHECKING, Any

from ..ecs.events import Died, HealthChanged
from .identity import CONTAINER_LABEL, TASK_LABEL
from .observation import died, is_dead

if TYPE_CHECKING:
    from docker import DockerClient

    from .protocol import Listener

_LOG = logging.getLogger(__name__)
_LONGEST_PAUSE = 2.0  # seconds between attempts to reach a daemon that is away


class Watcher:
    """A thread that follows the events of a run's task containers until it is closed."""

    def __init__(self, client: DockerClient, run_label: str, listener: Listener) -> None:
        self._client = client
        self._listener = listener
        self._filters = {"type": "container", "label": [run_label, TASK_LABEL]}
        self._closing = threading.Event()
        self._stream: Any = None
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, name="docker-events", daemon=True)

    def start(self, timeout: float = 10.0) -> None:
        """Begin to follow; return when Docker has taken the subscription, or after ``timeout``."""
        self._thread.start()
        self._listening.wait(timeout)

    def close(self) -> None:
        """End the thread."""
        self._closing.set()
        if self._stream is not None:
            with contextlib.suppress(Exception):  # a broken connection needs no closing
                self._stream.close()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        pause = 0.05
        while not self._closing.is_set():
            try:
                self._follow()
                pause = 0.05
            except Exception as error:  # noqa: BLE001 - whatever broke it, the stream must go on
                if not self._closing.is_set():
                    _LOG.warning("Docker's event stream broke (%s): taking it up again", error)
            self._closing.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _follow(self) -> None:
        filters = {**self._filters, "event": ["die", "health_status"]}
        self._stream = self._client.api.events(decode=True, filters=filters)
        self._listening.set()
        self._catch_up()
        for event in self._stream:
            if self._closing.is_set():
                return
            self._tell(event)

    def _catch_up(self) -> None:
        filters = {"label": self._filters["label"], "status": "exited"}
        for entry in self._client.api.containers(all=True, filters=filters):
            self._died(entry["Id"], entry["Labels"], None)

    def _tell(self, event: Mapping[str, Any]) -> None:
        attributes = event["Actor"]["Attributes"]
        action = str(event.get("Action", ""))
        if action == "die":
            self._died(event["Actor"]["ID"], attributes, attributes.get("exitCode"))
        elif action.startswith("health_status:"):
            health = action.partition(":")[2].strip().upper()
            changed = HealthChanged(attributes[CONTAINER_LABEL], time.time(), health)
            self._listener(attributes[TASK_LABEL], changed)

    def _died(self, runtime_id: str, labels: Mapping[str, str], exit_code: str | None) -> None:
        from docker.errors import NotFound

        name = labels[CONTAINER_LABEL]
        try:
            inspected = self._client.api.inspect_container(runtime_id)
        except NotFound:  # removed behind our back: the event alone knows how it ended
            code = None if exit_code is None else int(exit_code)
            self._listener(labels[TASK_LABEL], Died(name, time.time(), code))
            return
        if is_dead(inspected):
            self._listener(labels[TASK_LABEL], died(name, inspected))
