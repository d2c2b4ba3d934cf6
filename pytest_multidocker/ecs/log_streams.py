"""Where a container's output goes in CloudWatch Logs. Pure.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
"""

from __future__ import annotations

from dataclasses import dataclass

from ..dockerrun.model import ContainerDefinition

AWSLOGS = "awslogs"
OF_AWS = frozenset({AWSLOGS, "awsfirelens"})
"""The log drivers that ship to AWS, with the help of the agent's instance."""


@dataclass(frozen=True)
class LogStream:
    """A log stream of CloudWatch Logs, by its region, its group's name and its own."""

    region: str
    group: str
    name: str


def log_stream(
    container: ContainerDefinition, *, task_id: str, runtime_id: str, region: str
) -> LogStream | None:
    """Return where the driver ``awslogs`` writes to; ``None`` for any other, and without a group.

    The stream is ``PREFIX/CONTAINER/TASK`` where the definition has a prefix, else Docker's id of
    the container.
    """
    configuration = container.log_configuration or {}
    options = configuration.get("options") or {}
    if configuration.get("logDriver") != AWSLOGS or not options.get("awslogs-group"):
        return None
    prefix = options.get("awslogs-stream-prefix")
    name = f"{prefix}/{container.name}/{task_id}" if prefix else runtime_id
    return LogStream(str(options.get("awslogs-region") or region), options["awslogs-group"], name)
