"""Tasks, their containers and the instances they are placed on, as the ECS API shows them.

The attributes are the members of the API's shapes in snake case: moto's serializer finds them by
that name. A member that is ``None`` is left out of the answer.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any

from ...dockerrun.model import ContainerDefinition
from ...ecs import reasons, service
from ...ecs.accounting import Account, Resources
from ...ecs.definition import TaskDefinition

Tags = list[dict[str, str]]


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(timezone.utc)


@dataclass
class ContainerRecord:
    """One container of a task.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Container.html
    """

    container_arn: str
    task_arn: str
    name: str
    image: str
    cpu: str
    memory: str | None
    memory_reservation: str | None
    last_status: str = "PENDING"
    exit_code: int | None = None
    reason: str | None = None
    runtime_id: str | None = None
    image_digest: str | None = None
    health_status: str = "UNKNOWN"
    network_bindings: list[dict[str, Any]] = field(default_factory=list)
    network_interfaces: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, definition: ContainerDefinition, task_arn: str) -> ContainerRecord:
        """Return the record of a container that nothing has been done for."""
        return cls(
            container_arn=f"{task_arn.replace(':task/', ':container/', 1)}/{uuid.uuid4()}",
            task_arn=task_arn,
            name=definition.name,
            image=definition.image,
            cpu=str(definition.cpu),
            memory=_text(definition.memory),
            memory_reservation=_text(definition.memory_reservation),
        )

    @property
    def ran(self) -> bool:
        """Whether the container has run and exited."""
        return service.has_exited(self.last_status, self.exit_code, self.reason)

    def change(self, report: Mapping[str, Any]) -> None:
        """Take over what the agent reports (members of ``SubmitContainerStateChange``).

        The first network bindings stay, and a status never goes back.
        """
        status = report.get("status")
        if status in _STATUSES and _STATUSES.index(status) > _STATUSES.index(self.last_status):
            self.last_status = status
        for member, attribute in _REPORTED.items():
            if report.get(member) is not None:
                setattr(self, attribute, report[member])
        if report.get("networkBindings") and not self.network_bindings:
            self.network_bindings = list(report["networkBindings"])


_STATUSES = ("PENDING", "RUNNING", "STOPPED")
_REPORTED = {
    "exitCode": "exit_code",
    "reason": "reason",
    "runtimeId": "runtime_id",
    "imageDigest": "image_digest",
    "healthStatus": "health_status",
}


@dataclass
class TaskRecord:
    """One task.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
    """

    task_arn: str
    cluster_arn: str
    task_definition_arn: str
    container_instance_arn: str
    group: str
    started_by: str | None
    overrides: dict[str, Any]
    tags: Tags
    containers: list[ContainerRecord]
    cpu: str
    memory: str
    definition: TaskDefinition
    taken: Resources
    last_status: str = "PENDING"
    desired_status: str = "RUNNING"
    launch_type: str = "EC2"
    connectivity: str = "CONNECTED"
    version: int = 1
    created_at: datetime = field(default_factory=now)
    connectivity_at: datetime | None = None
    pull_started_at: datetime | None = None
    pull_stopped_at: datetime | None = None
    started_at: datetime | None = None
    stopping_at: datetime | None = None
    stopped_at: datetime | None = None
    execution_stopped_at: datetime | None = None
    stop_code: str | None = None
    stopped_reason: str | None = None
    attachments: list[dict[str, Any]] = field(default_factory=list)
    attributes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The last part of the ARN, 32 hexadecimal digits."""
        return self.task_arn.rpartition("/")[2]

    @property
    def health_status(self) -> str:
        """That of the essential containers: UNHEALTHY before UNKNOWN before HEALTHY."""
        found = {c.health_status for c in self._essential()}
        return next((s for s in ("UNHEALTHY", "UNKNOWN", "HEALTHY") if s in found), "UNKNOWN")

    def container(self, name: str) -> ContainerRecord | None:
        """Return the container of that name, or ``None``."""
        return next((c for c in self.containers if c.name == name), None)

    def copy(self) -> TaskRecord:
        """Return the task as it stands: an answer must not change while it is written."""
        return replace(self, containers=[replace(c) for c in self.containers])

    def may_become(self, status: str) -> bool:
        """Tell whether that is a status, and a later one than the last."""
        later = _STATUSES[_STATUSES.index(self.last_status) + 1 :]
        return status in later

    def take_times(self, report: Mapping[str, Any]) -> None:
        """Take over the times that a ``SubmitTaskStateChange`` gives."""
        for member, attribute in _REPORTED_TIMES.items():
            if report.get(member) is not None:
                setattr(self, attribute, report[member])

    def ask_to_stop(self, reason: str, code: str) -> bool:
        """Note that the task shall stop; return whether that is new. The first gives the reason."""
        if self.desired_status == "STOPPED":
            return False
        self.desired_status = "STOPPED"
        self.stopping_at = now()
        self.stop_code, self.stopped_reason = code, reason
        self.version += 1
        return True

    def essential_exited(self) -> bool:
        """Tell whether an essential container has been reported as stopped."""
        return any(c.last_status == "STOPPED" for c in self._essential())

    def end_by_itself(self, reason: str = "") -> None:
        """Note that the task stops because of what happened in it, with AWS's words for it."""
        ran = self.started_at is not None or any(c.ran for c in self._essential())
        ending = service.by_itself(reason, ran=ran)
        if reason and self.stop_code not in {None, reasons.CODE_USER_INITIATED}:
            # Its containers, told of before, had stopped because of that.
            self.stopped_reason, self.stop_code = ending
        self.ask_to_stop(*ending)

    def _essential(self) -> list[ContainerRecord]:
        names = {c.name for c in self.definition.containers if c.essential}
        return [c for c in self.containers if c.name in names]

    def snapshot(self) -> dict[str, Any]:
        """Return what the event stream says of the task, in the API's member names."""
        return {
            "taskArn": self.task_arn,
            "containerInstanceArn": self.container_instance_arn,
            "lastStatus": self.last_status,
            "desiredStatus": self.desired_status,
            "stopCode": self.stop_code,
            "stoppedReason": self.stopped_reason,
            "containers": [
                {
                    "name": c.name,
                    "lastStatus": c.last_status,
                    "exitCode": c.exit_code,
                    "reason": c.reason,
                    "runtimeId": c.runtime_id,
                    "healthStatus": c.health_status,
                    "networkBindings": c.network_bindings,
                }
                for c in self.containers
            ],
        }


_REPORTED_TIMES = {
    "pullStartedAt": "pull_started_at",
    "pullStoppedAt": "pull_stopped_at",
    "executionStoppedAt": "execution_stopped_at",
}


@dataclass
class InstanceRecord:
    """One container instance.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstance.html
    """

    container_instance_arn: str
    ec2_instance_id: str
    instance_type: str
    account: Account
    status: str = "ACTIVE"
    agent_connected: bool = True
    running_tasks_count: int = 0
    pending_tasks_count: int = 0
    version: int = 1
    version_info: dict[str, str] = field(default_factory=dict)
    registered_at: datetime = field(default_factory=now)
    tags: Tags = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    """What tasks may be placed by."""

    def __post_init__(self) -> None:
        self.attributes.setdefault("ecs.instance-type", self.instance_type)
        self.attributes.setdefault("ecs.os-type", "linux")

    @property
    def id(self) -> str:
        """The last part of the ARN."""
        return self.container_instance_arn.rpartition("/")[2]

    @property
    def registered_resources(self) -> list[dict[str, Any]]:
        """All that the instance has."""
        return _resources(self.account.registered)

    @property
    def remaining_resources(self) -> list[dict[str, Any]]:
        """What is left of it; of ports, the ones that are taken."""
        return _resources(self.account.remaining)


def _resources(resources: Resources) -> list[dict[str, Any]]:
    return [
        {"name": "CPU", "type": "INTEGER", "integerValue": resources.cpu},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": resources.memory},
        _ports("PORTS", resources.tcp_ports),
        _ports("PORTS_UDP", resources.udp_ports),
    ]


def _ports(name: str, ports: frozenset[int]) -> dict[str, Any]:
    return {"name": name, "type": "STRINGSET", "stringSetValue": [str(p) for p in sorted(ports)]}


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)
