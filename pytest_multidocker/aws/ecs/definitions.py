"""Task definitions: what ECS refuses to register, and what it refuses to start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from moto.ecs.exceptions import (
    EcsClientException,
    InvalidParameterException,
    TaskDefinitionNotFoundException,
)

from ...dockerrun import Document
from ...rules import registration_findings
from .instances import InstancesBackend
from .launching import check_definition
from .placement import check_overrides
from .validation import problems


class DefinitionsBackend(InstancesBackend):
    """The task definitions of one account and region, kept by moto."""

    def register_task_definition(
        self,
        family: str,
        container_definitions: list[dict[str, Any]],
        volumes: list[dict[str, Any]] | None = None,
        *args: Any,
        **options: Any,
    ) -> Any:
        """Register a revision; raises ``ClientException`` with ECS's words for what is wrong."""
        if re.search("[^A-Za-z0-9_-]", family):
            raise EcsClientException("Family contains invalid characters.")
        value = {
            "AWSEBDockerrunVersion": 2,
            "containerDefinitions": container_definitions,
            "volumes": volumes or [],
            "memory": options.get("memory"),
            "networkMode": options.get("network_mode"),
            "executionRoleArn": options.get("execution_role_arn") or None,
        }
        value = {name: member for name, member in value.items() if member is not None}
        for finding in registration_findings(Document.from_value(value)):
            raise EcsClientException(finding.aws_text)
        modes = {name: options.get(name) for name in ("network_mode", "pid_mode", "ipc_mode")}
        for problem in problems(container_definitions, **modes):
            raise EcsClientException(problem)
        with self.lock:  # two at once would get the same revision
            return super().register_task_definition(
                family, container_definitions, volumes, *args, **options
            )

    def describe_task_definition(self, task_definition_str: str) -> Any:
        """Return a revision; of a family that is named alone, the latest one that is ACTIVE.

        Raises ``InvalidParameterException`` where the revision is no number, and
        ``TaskDefinitionNotFoundException`` where there is none. Source: the parameter
        ``taskDefinition`` in
        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
        """
        family, _, revision = task_definition_str.rpartition("/")[2].partition(":")
        registered = self.task_definitions.get(family, {})
        if revision and not revision.isdecimal():
            raise InvalidParameterException(f"Invalid revision number. Number: {revision}")
        number = int(revision) if revision else _latest(registered)
        if number not in registered:
            raise TaskDefinitionNotFoundException
        return registered[number]

    def startable(self, request: Mapping[str, Any]) -> Any:
        """Return the definition that a task is to be started from; raises for what is wrong."""
        try:
            registered = self.describe_task_definition(request["taskDefinition"])
        except TaskDefinitionNotFoundException:
            raise EcsClientException("TaskDefinition not found.") from None
        if registered.status != "ACTIVE":
            raise EcsClientException("TaskDefinition is inactive")
        check_definition(registered, request)
        check_overrides(registered, request.get("overrides"))
        return registered


def _latest(registered: Mapping[int, Any]) -> int:
    """Return the highest number of the ACTIVE revisions; 0, which none has, without any."""
    active = (number for number, one in registered.items() if one.status == "ACTIVE")
    return max(active, default=0)
