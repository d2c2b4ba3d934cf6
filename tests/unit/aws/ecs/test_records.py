"""What the API remembers of a task, report by report."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from pytest_multidocker.aws.ecs.records import ContainerRecord, InstanceRecord, TaskRecord
from pytest_multidocker.dockerrun import parse_containers
from pytest_multidocker.ecs.accounting import Account, Resources
from pytest_multidocker.ecs.definition import TaskDefinition

ARN = "arn:aws:ecs:us-east-1:123456789012:task/default/abc"


def task(*containers: dict[str, Any]) -> TaskRecord:
    parsed = parse_containers(
        [{"image": "i", "memory": 8, **c} for c in containers or ({"name": "a"},)]
    )
    definition = TaskDefinition("fam", 1, parsed)
    return TaskRecord(
        task_arn=ARN,
        cluster_arn="arn:cluster/default",
        task_definition_arn="arn:td",
        container_instance_arn="arn:ci",
        group="family:fam",
        started_by=None,
        overrides={},
        tags=[],
        containers=[ContainerRecord.of(c, ARN) for c in definition.containers],
        cpu="0",
        memory="8",
        definition=definition,
        taken=Resources(),
    )


def stopped(record: TaskRecord, name: str, **report: Any) -> TaskRecord:
    container = record.container(name)
    assert container is not None
    container.change({"status": "STOPPED", **report})
    return record


def test_a_container_has_an_arn_of_its_own() -> None:
    (container,) = task().containers
    assert container.container_arn.startswith(
        "arn:aws:ecs:us-east-1:123456789012:container/default/abc/"
    )


def test_a_status_never_goes_back() -> None:
    (container,) = task().containers
    for status, expected in [
        ("RUNNING", "RUNNING"),
        ("PENDING", "RUNNING"),
        ("nonsense", "RUNNING"),
        ("STOPPED", "STOPPED"),
        ("RUNNING", "STOPPED"),
    ]:
        container.change({"status": status})
        assert container.last_status == expected


def test_the_first_bindings_stay_and_zero_is_an_exit_code() -> None:
    (container,) = task().containers
    container.change({"networkBindings": [{"hostPort": 1}]})
    container.change({"networkBindings": [{"hostPort": 2}], "exitCode": 0})
    assert container.network_bindings == [{"hostPort": 1}]
    assert container.exit_code == 0


@pytest.mark.parametrize(
    ("last", "status", "expected"),
    [
        ("PENDING", "RUNNING", True),
        ("PENDING", "STOPPED", True),
        ("RUNNING", "PENDING", False),
        ("RUNNING", "RUNNING", False),
        ("STOPPED", "RUNNING", False),
        ("PENDING", "MANIFEST_PULLED", False),
    ],
)
def test_a_task_only_advances(last: str, status: str, expected: bool) -> None:
    record = task()
    record.last_status = last
    assert record.may_become(status) is expected


class TestWhyItStopped:
    def test_who_asks_first_gives_the_reason(self) -> None:
        record = task()
        assert record.ask_to_stop("enough", "UserInitiated")
        assert not record.ask_to_stop("again", "UserInitiated")
        stopped(record, "a", exitCode=1).end_by_itself()
        assert (record.stop_code, record.stopped_reason) == ("UserInitiated", "enough")

    @pytest.mark.parametrize(
        ("report", "code"),
        [
            ({"exitCode": 0}, "EssentialContainerExited"),
            (
                {"exitCode": 137, "reason": "OutOfMemoryError: Container killed"},
                "EssentialContainerExited",
            ),
            ({"reason": "CannotStartContainerError: x"}, "TaskFailedToStart"),
            (
                {"exitCode": 143, "reason": "CannotStartContainerError: dependency graph: x"},
                "TaskFailedToStart",
            ),
        ],
    )
    def test_before_it_runs_it_depends_on_whether_a_container_ran(
        self, report: dict[str, Any], code: str
    ) -> None:
        record = stopped(task(), "a", **report)
        record.end_by_itself()
        assert record.stop_code == code

    def test_once_it_has_run_it_is_an_exit(self) -> None:
        record = task()
        record.started_at = datetime.now(timezone.utc)
        stopped(record, "a").end_by_itself()
        assert record.stopped_reason == "Essential container in task exited"

    def test_the_agent_s_own_reason_is_shown(self) -> None:
        record = task()
        record.end_by_itself("Task dependencies cannot be resolved, taskArn: x")
        assert record.stop_code == "TaskFailedToStart"
        assert record.stopped_reason == "Task dependencies cannot be resolved, taskArn: x"

    def test_only_essential_containers_count(self) -> None:
        record = task({"name": "a"}, {"name": "job", "essential": False})
        assert not stopped(record, "job", exitCode=1).essential_exited()
        assert stopped(record, "a", exitCode=1).essential_exited()


@pytest.mark.parametrize(
    ("healths", "expected"),
    [
        (("HEALTHY", "HEALTHY", "UNHEALTHY"), "HEALTHY"),
        (("HEALTHY", "UNKNOWN", "HEALTHY"), "UNKNOWN"),
        (("UNHEALTHY", "UNKNOWN", "HEALTHY"), "UNHEALTHY"),
    ],
)
def test_health_is_that_of_the_essential_containers(
    healths: tuple[str, ...], expected: str
) -> None:
    record = task({"name": "a"}, {"name": "b"}, {"name": "job", "essential": False})
    for container, health in zip(record.containers, healths, strict=True):
        container.health_status = health
    assert record.health_status == expected


def test_a_copy_does_not_change_with_the_task() -> None:
    record = task()
    copy = record.copy()
    stopped(record, "a", exitCode=1)
    assert (copy.containers[0].last_status, copy.containers[0].exit_code) == ("PENDING", None)
    assert copy.id == record.id


def test_resources_have_the_api_s_form() -> None:
    instance = InstanceRecord("arn:x/i", "i-0", "t2.micro", Account.of(1024, 983))
    assert instance.remaining_resources == [
        {"name": "CPU", "type": "INTEGER", "integerValue": 1024},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": 983},
        {
            "name": "PORTS",
            "type": "STRINGSET",
            "stringSetValue": ["22", "2375", "2376", "51678", "51679"],
        },
        {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": []},
    ]
    assert instance.attributes == {"ecs.instance-type": "t2.micro", "ecs.os-type": "linux"}
