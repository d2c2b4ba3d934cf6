"""The agent's reports as requests of the API, and their way there."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pytest_multidocker.aws.ecs.reporting import Reporter, container_request, task_request
from pytest_multidocker.ecs.actions import ReportContainer, ReportTask
from pytest_multidocker.ecs.definition import TaskDefinition
from pytest_multidocker.ecs.events import PortBinding
from pytest_multidocker.ecs.status import ContainerStatus, TaskStatus
from pytest_multidocker.engine.identity import TaskIdentity

ARN = "arn:aws:ecs:eu-west-1:123456789012:task/web/abc"
TASK = TaskIdentity(ARN, "web", TaskDefinition("fam", 1, ()))


def test_a_container_s_report() -> None:
    report = ReportContainer(
        "app",
        ContainerStatus.STOPPED,
        runtime_id="d0",
        exit_code=0,
        reason="why",
        bindings=(PortBinding(80, 32768),),
        health="HEALTHY",
    )
    assert container_request(TASK, report) == {
        "cluster": "web",
        "task": ARN,
        "containerName": "app",
        "status": "STOPPED",
        "runtimeId": "d0",
        "exitCode": 0,
        "reason": "why",
        "networkBindings": [
            {"bindIP": "0.0.0.0", "containerPort": 80, "hostPort": 32768, "protocol": "tcp"}
        ],
    }


def test_a_range_of_ports_is_one_binding() -> None:
    binding = PortBinding(
        80, 9000, "udp", container_port_range="80-81", host_port_range="9000-9001"
    )
    report = ReportContainer("app", ContainerStatus.RUNNING, bindings=(binding,))
    assert container_request(TASK, report)["networkBindings"] == [
        {
            "bindIP": "0.0.0.0",
            "containerPortRange": "80-81",
            "hostPortRange": "9000-9001",
            "protocol": "udp",
        }
    ]


def test_the_digest_of_an_image_goes_with_the_task() -> None:
    container = ReportContainer("app", ContainerStatus.RUNNING, image_digest="sha256:12")
    request = task_request(TASK, ReportTask(TaskStatus.RUNNING, 9.0, containers=(container,)))
    assert request["containers"] == [
        {
            "containerName": "app",
            "status": "RUNNING",
            "networkBindings": [],
            "imageDigest": "sha256:12",
        }
    ]


def test_what_is_not_known_is_left_out() -> None:
    assert container_request(TASK, ReportContainer("app", ContainerStatus.CREATED)) == {
        "cluster": "web",
        "task": ARN,
        "containerName": "app",
        "status": "PENDING",
        "networkBindings": [],
    }


def test_a_task_s_report() -> None:
    report = ReportTask(TaskStatus.STOPPED, 9.0, "", 3.5, 1.0, 2.0)

    def moment(seconds: float) -> datetime:
        return datetime.fromtimestamp(seconds, timezone.utc)

    assert task_request(TASK, report) == {
        "cluster": "web",
        "task": ARN,
        "status": "STOPPED",
        "reason": "",
        "pullStartedAt": moment(1),
        "pullStoppedAt": moment(2),
        "executionStoppedAt": moment(3.5),
    }
    assert set(task_request(TASK, ReportTask(TaskStatus.RUNNING, 9.0))) == {
        "cluster",
        "task",
        "status",
        "reason",
    }


class Client:
    """A boto3 client that notes what it is asked."""

    def __init__(self, calls: list[tuple[str, str]], region: str) -> None:
        self._calls = calls
        self._region = region

    def submit_container_state_change(self, **request: Any) -> None:
        if request["containerName"] == "refused":
            raise ClientError({"Error": {"Code": "X", "Message": "not found"}}, "Submit")
        if request["containerName"] == "broken":
            raise OSError("no route")
        self._calls.append((self._region, request["containerName"]))

    def submit_task_state_change(self, **request: Any) -> None:
        self._calls.append((self._region, request["status"]))


def test_reports_go_in_order_to_the_task_s_own_region(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[tuple[str, str]] = []
    connected: list[str] = []

    def connect(region: str) -> Client:
        connected.append(region)
        return Client(calls, region)

    reporter = Reporter(connect, lambda _task, name, health: calls.append((name, health)))
    reporter.prepare("us-east-1")
    for name in ("a", "refused", "broken", "b"):
        health = "HEALTHY" if name == "b" else None
        reporter.send(TASK, ReportContainer(name, ContainerStatus.RUNNING, health=health))
    reporter.send(TASK, ReportTask(TaskStatus.RUNNING, 1.0))
    reporter.close()

    assert connected == ["us-east-1", "eu-west-1"]
    assert calls == [
        ("eu-west-1", "a"),
        ("eu-west-1", "b"),
        ("b", "HEALTHY"),
        ("eu-west-1", "RUNNING"),
    ]
    assert "a report of the agent was refused" in caplog.text
    assert "a report of the agent was lost" in caplog.text
