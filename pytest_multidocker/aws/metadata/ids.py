"""The ids by which containers ask: who they are is told to nobody else."""

from __future__ import annotations

import secrets
import threading
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...engine.identity import TaskIdentity

_HEAD = 24  # characters of a UUID before its last part


@dataclass(frozen=True)
class Asker:
    """A container that asks, and its task."""

    task: TaskIdentity
    container: str


class Ids:
    """Ids for containers and for their tasks' credentials, each a UUID that cannot be guessed.

    All of one endpoint end in the same 12 digits, ``endpoint``: by them another endpoint knows
    whose they are.
    """

    def __init__(self) -> None:
        self.endpoint = secrets.token_hex(6)
        self._containers: dict[str, Asker] = {}
        self._credentials: dict[str, TaskIdentity] = {}
        self._lock = threading.Lock()

    def of_container(self, task: TaskIdentity, container: str) -> str:
        """Return a new id for a container."""
        with self._lock:
            self._containers[found := self._new()] = Asker(task, container)
        return found

    def of_credentials(self, task: TaskIdentity) -> str:
        """Return the id of the task's credentials, the same for all of its containers."""
        with self._lock:
            for credentials_id, owner in self._credentials.items():
                if owner.arn == task.arn:
                    return credentials_id
            self._credentials[found := self._new()] = task
        return found

    def asker(self, container_id: str) -> Asker | None:
        """Return who asks by that id."""
        return self._containers.get(container_id)

    def owner(self, credentials_id: str) -> TaskIdentity | None:
        """Return the task whose credentials have that id."""
        return self._credentials.get(credentials_id)

    def forget(self, task_arn: str) -> None:
        """Forget the ids of a task and its containers."""
        with self._lock:
            for container_id, asker in list(self._containers.items()):
                if asker.task.arn == task_arn:
                    del self._containers[container_id]
            for credentials_id, task in list(self._credentials.items()):
                if task.arn == task_arn:
                    del self._credentials[credentials_id]

    def _new(self) -> str:
        return str(uuid.uuid4())[:_HEAD] + self.endpoint
