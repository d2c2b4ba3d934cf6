"""The temporary credentials of task roles.

Source: ``ecs-agent/credentials/types.go`` and ``ecs-agent/tmds/handlers/v1/credentials_handler.go``
of amazon-ecs-agent.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ...engine.identity import TaskIdentity

DURATION = timedelta(hours=6)
"""For how long a task's credentials are valid, as on AWS."""

_RENEWED_BEFORE = timedelta(hours=1)  # of their end; an SDK asks again 15 minutes before it

Assume = Callable[[str, str, int], Mapping[str, Any]]
"""Returns ``Credentials`` of AssumeRole's answer, for a role, a session's name and seconds."""


class RoleCredentials:
    """Assumes the roles of tasks, and keeps what it is given until shortly before its end."""

    def __init__(self, assume: Assume) -> None:
        self._assume = assume
        self._kept: dict[str, Mapping[str, Any]] = {}
        self._lock = threading.Lock()

    def of(self, task: TaskIdentity) -> dict[str, str]:
        """Return a task's credentials as the agent's JSON has them. Raises what AssumeRole does."""
        role = task.definition.task_role_arn or ""
        with self._lock:
            found = self._kept.get(task.arn)
            if found is None or found["Expiration"] - _RENEWED_BEFORE < _now():
                session = task.arn.rpartition("/")[2]
                found = self._assume(role, session, int(DURATION.total_seconds()))
                self._kept[task.arn] = found
        return {
            "RoleArn": role,
            "AccessKeyId": found["AccessKeyId"],
            "SecretAccessKey": found["SecretAccessKey"],
            "Token": found["SessionToken"],
            "Expiration": f"{found['Expiration'].astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}",
        }

    def forget(self, task_arn: str) -> None:
        """Forget a task's credentials."""
        with self._lock:
            self._kept.pop(task_arn, None)


def _now() -> datetime:
    return datetime.now(timezone.utc)
