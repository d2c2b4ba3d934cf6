"""A task's protection from scale-in, as its containers ask for it (``$ECS_AGENT_URI``). Pure.

Only tasks of a service can be protected, and services start no tasks here, as Elastic Beanstalk has
none: ECS answers of every other task that it is not valid. Source:
``ecs-agent/tmds/handlers/taskprotection/v1/handlers/handlers.go`` of amazon-ecs-agent and `Amazon
ECS task scale-in protection endpoint
<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html>`_.
"""

from __future__ import annotations

import json
from typing import Any

from ...engine.identity import TaskIdentity

_MEMBERS = {"protectionenabled": bool, "expiresinminutes": int}

Result = tuple[int, dict[str, Any]]
"""The HTTP status and the JSON object of an answer."""


def protection(method: str, body: bytes, task: TaskIdentity | None) -> Result:
    """Return the answer to a GET or a PUT of a container of the task; ``None`` is an unknown id."""
    request = _request(body) if method == "PUT" else {}
    if request is None:
        return _error(
            400, "InvalidParameterException", "UpdateTaskProtection: failed to decode request"
        )
    if task is None:
        return _error(404, "ResourceNotFoundException", "Failed to find a task for the request")
    if method == "PUT" and request.get("protectionenabled") is None:
        words = "Invalid request: does not contain 'ProtectionEnabled' field"
        return _error(400, "InvalidParameterException", words, task)
    if not task.definition.task_role_arn:
        words = "Invalid Request: no task IAM role credentials available for task"
        return _error(403, "AccessDeniedException", words, task)
    return 200, {"failure": {"Arn": task.arn, "Detail": None, "Reason": "TASK_NOT_VALID"}}


def _request(body: bytes) -> dict[str, Any] | None:
    """Return the request by its members' names in small letters; ``None`` if it is none."""
    try:
        value = json.loads(body)
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    request = {name.lower(): member for name, member in value.items()}
    known = all(
        name in _MEMBERS and (member is None or type(member) is _MEMBERS[name])
        for name, member in request.items()
    )
    return request if known else None


def _error(status: int, code: str, message: str, task: TaskIdentity | None = None) -> Result:
    arn = {} if task is None else {"Arn": task.arn}
    return status, {"error": {**arn, "Code": code, "Message": message}}
