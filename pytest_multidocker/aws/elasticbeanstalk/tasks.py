"""Follows the tasks of environments through the emulator's event log; nothing is asked twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ...ecs.service import ContainerView, beanstalk_text, has_exited
from ..events import REFUSED

if TYPE_CHECKING:
    from ..emulator import Emulator
    from ..events import Event

_HEARTBEAT = 5.0  # seconds

Snapshot = Mapping[str, Any]
"""A task as the event log shows it, in the member names of the ECS API."""


class Closing(Exception):  # noqa: N818 - not an error: the emulator ends
    """The emulator ends: nothing may be waited for, and nothing be made."""


class Tasks:
    """The last word on every task, and in which order its containers have stopped.

    Also what keeps an instance out of a database. A thread reads the log, and ends with the
    emulator.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._tasks: dict[str, Snapshot] = {}
        self._stopped: dict[str, list[str]] = {}
        self._refused: dict[str, list[str]] = {}
        self._changed = threading.Condition()
        self._changes = 0

    def start(self) -> None:
        """Begin to follow."""
        threading.Thread(target=self._follow, name="eb-tasks", daemon=True).start()

    def task(self, arn: str) -> Snapshot | None:
        """Return the last word on a task, ``None`` before the first."""
        with self._changed:
            return self._tasks.get(arn)

    def status(self, arn: str | None) -> str:
        """Return a task's last status: ``PENDING`` before the first word, ``STOPPED`` of none."""
        if arn is None:
            return "STOPPED"
        snapshot = self.task(arn)
        return str(snapshot["lastStatus"]) if snapshot is not None else "PENDING"

    def stopped_containers(self, arn: str) -> tuple[str, ...]:
        """Return the names of a task's containers that have stopped, the first one first."""
        with self._changed:
            return tuple(self._stopped.get(arn, ()))

    def refusals(self, container_instance: str) -> tuple[str, ...]:
        """Return why an instance is, or was, kept out of databases, each reason once."""
        with self._changed:
            return tuple(self._refused.get(container_instance, ()))

    def forget(self, arn: str) -> None:
        """Drop what is known of a task."""
        with self._changed:
            self._tasks.pop(arn, None)
            self._stopped.pop(arn, None)

    def wake(self) -> None:
        """Have everybody who waits look again: something else has changed."""
        with self._changed:
            self._changes += 1
            self._changed.notify_all()

    @property
    def changes(self) -> int:
        """A number that grows with every change."""
        with self._changed:
            return self._changes

    def wait(self, done: Callable[[], bool], timeout: float) -> bool:
        """Return whether ``done`` came true within ``timeout`` seconds.

        It is asked after every change. Raises :class:`Closing` where the emulator ends meanwhile.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                if self._emulator.closing.is_set():
                    raise Closing
                if done():
                    return True
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._changed.wait(left)

    def wait_for_change(self, seen: int, timeout: float) -> None:
        """Return once :attr:`changes` is another number than ``seen``, or after ``timeout``."""
        self.wait(lambda: self._changes != seen, timeout)

    def _follow(self) -> None:
        for event in self._emulator.events.follow(heartbeat=_HEARTBEAT):
            if event is None:
                continue
            if event.kind == "task":
                self._note(event)
            elif event.kind == REFUSED:
                self._note_refusal(event.data["containerInstanceArn"], event.data["why"])
            elif event.kind == "shutdown":
                self.wake()

    def _note(self, event: Event) -> None:
        with self._changed:
            arn = event.data["taskArn"]
            self._tasks[arn] = event.data
            order = self._stopped.setdefault(arn, [])
            for container in event.data["containers"]:
                if container["lastStatus"] == "STOPPED" and container["name"] not in order:
                    order.append(container["name"])
            self.wake()

    def _note_refusal(self, container_instance: str, why: str) -> None:
        with self._changed:
            reasons = self._refused.setdefault(container_instance, [])
            if why not in reasons:
                reasons.append(why)
            self.wake()


def stopped_text(snapshot: Snapshot) -> str:
    """Return the words with which Elastic Beanstalk tells that a task has stopped."""
    views = [
        ContainerView(c["name"], c["lastStatus"], c.get("exitCode"), c.get("reason"))
        for c in snapshot["containers"]
    ]
    told = beanstalk_text(str(snapshot.get("stoppedReason") or ""), views)
    return " ".join(told.split())


def exited(container: Mapping[str, Any]) -> bool:
    """Tell whether a container of a snapshot has run and exited."""
    return has_exited(
        str(container["lastStatus"]), container.get("exitCode"), container.get("reason")
    )
