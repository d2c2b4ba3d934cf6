"""Who a task is on the engine: names and labels, all derived from its ARN.

Source: ``agent/engine/docker_task_engine.go:createContainer`` and
``agent/taskresource/volume`` of amazon-ecs-agent. The agent draws the last part of a name by
chance; here it is a digest of the task's ARN, so that every name of a task is known before anything
of it exists.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..ecs.definition import TaskDefinition

TASK_LABEL = "com.amazonaws.ecs.task-arn"
CONTAINER_LABEL = "com.amazonaws.ecs.container-name"

_HEX_DIGITS = 20


@dataclass(frozen=True)
class TaskIdentity:
    """A task as the engine has to know it."""

    arn: str
    cluster: str
    definition: TaskDefinition
    container_arns: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Those that the ECS service has given to the containers, by their names."""
    instance: str = ""
    """The ARN of the container instance that the task is placed on."""

    @property
    def region(self) -> str:
        """The region that the task runs in."""
        return self.arn.split(":")[3]

    @property
    def account(self) -> str:
        """The AWS account that the task runs in."""
        return self.arn.split(":")[4]

    def container_name(self, container: str) -> str:
        """Return the Docker name of a container of the task.

        The agent takes out what is neither a letter, a digit nor a hyphen: ``web_app`` is
        ``webapp`` in it.
        """
        return self._name(re.sub("[^A-Za-z0-9-]", "", container), f"container {container}")

    def volume_name(self, volume: str) -> str:
        """Return the Docker name of an empty volume of the task."""
        return self._name(volume, f"volume {volume}")

    def labels(self, container: str) -> dict[str, str]:
        """Return the labels that the agent gives a container; they override the user's."""
        return {
            TASK_LABEL: self.arn,
            CONTAINER_LABEL: container,
            "com.amazonaws.ecs.cluster": self.cluster,
            "com.amazonaws.ecs.task-definition-family": self.definition.family,
            "com.amazonaws.ecs.task-definition-version": str(self.definition.revision),
        }

    def _name(self, part: str, what: str) -> str:
        digest = hashlib.sha256(f"{self.arn} {what}".encode()).hexdigest()[:_HEX_DIGITS]
        return f"ecs-{self.definition.family}-{self.definition.revision}-{part}-{digest}"
