"""From a Dockerrun file to a task on an instance, as Elastic Beanstalk and ECS bring it there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...dockerrun import parse_containers, parse_volumes
from ...ecs.accounting import Account, required
from ...ecs.beanstalk import task_definition_request
from ...ecs.definition import TaskDefinition
from ...ecs.instances import capacity
from ..identity import TaskIdentity
from .container import digest

_ARN = "arn:aws:ecs:us-east-1:123456789012"
_ID_DIGITS = 32


def identity(
    dockerrun: Mapping[str, Any],
    family: str,
    *,
    number: int = 1,
    properties: Mapping[str, str] | None = None,
    stop_timeout: int = 30,
) -> TaskIdentity:
    """Return a task of a version 2 file, given as plain JSON.

    ``number`` tells several tasks of a family apart, ``properties`` are the environment's, and
    ``stop_timeout`` (seconds) is that of containers which name none.
    """
    request = task_definition_request(dockerrun, family, properties or {})
    definition = TaskDefinition(
        family=family,
        revision=1,
        containers=parse_containers(request["containerDefinitions"]),
        volumes=parse_volumes(request["volumes"]),
        arn=f"{_ARN}:task-definition/{family}:1",
        stop_timeout=stop_timeout,
    )
    task_id = digest(f"{family} {number}")[:_ID_DIGITS]
    return TaskIdentity(f"{_ARN}:task/{family}/{task_id}", family, definition)


def refusal(definition: TaskDefinition, instance_type: str) -> str | None:
    """Return the failure of StartTask on an empty instance of that type, or ``None``.

    Raises ``KeyError`` for an instance type that is not known.
    """
    room = capacity(instance_type)
    return Account.of(room.cpu, room.memory).shortage(required(definition))
