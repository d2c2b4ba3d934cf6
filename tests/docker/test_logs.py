"""What containers with the log driver ``awslogs`` write is in CloudWatch Logs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from docker import DockerClient
from support.clients import client

from pytest_multidocker.aws.options import EmulatorOptions
from pytest_multidocker.aws.process import EmulatorProcess, start_emulator

Json = dict[str, Any]


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorProcess]:
    with start_emulator(EmulatorOptions(stop_timeout=1)) as process:
        yield process
        assert "Traceback" not in process.log_tail(200)


@pytest.fixture(scope="module")
def ecs(emulator: EmulatorProcess) -> Any:
    return client(emulator.endpoint_url, "ecs")


def run(ecs: Any, image: str, script: str, **fields: Any) -> Json:
    """Run a task whose container ``app`` runs a script; ``options`` are of its log driver."""
    driver, options = fields.pop("driver", "awslogs"), fields.pop("options", {})
    app = {
        "name": "app",
        "image": image,
        "memory": 16,
        "command": ["sh", "-c", script],
        "logConfiguration": {"logDriver": driver, "options": options},
        **fields,
    }
    ecs.register_task_definition(family="logs", containerDefinitions=[app])
    return dict(ecs.run_task(taskDefinition="logs")["tasks"][0])


def stopped(ecs: Any, task: Json) -> Json:
    waiter = ecs.get_waiter("tasks_stopped")
    waiter.wait(tasks=[task["taskArn"]], WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    return dict(ecs.describe_tasks(tasks=[task["taskArn"]])["tasks"][0]["containers"][0])


def lines(emulator: EmulatorProcess, group: str, count: int) -> dict[str, list[str]]:
    """Wait until a group has so many lines, and return them by their streams."""
    logs, deadline = client(emulator.endpoint_url, "logs"), time.monotonic() + 20
    while True:
        found: dict[str, list[str]] = {}
        if logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
            for event in logs.filter_log_events(logGroupName=group)["events"]:
                found.setdefault(event["logStreamName"], []).append(event["message"])
        if sum(map(len, found.values())) >= count:
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.1)


def test_all_that_a_container_writes_is_there_in_its_order(
    ecs: Any, emulator: EmulatorProcess, busybox: str, docker_client: DockerClient
) -> None:
    script = "echo one; sleep 0.01; echo two >&2; sleep 0.01; printf 'drei: \\303\\274'; exit 3"
    options = {
        "awslogs-group": "/shop/app",
        "awslogs-region": "us-east-1",
        "awslogs-stream-prefix": "shop",
    }
    task = run(ecs, busybox, script, options=options)

    ended = stopped(ecs, task)

    assert ended["exitCode"] == 3
    name = f"shop/app/{task['taskArn'].rpartition('/')[2]}"
    assert lines(emulator, "/shop/app", 3) == {name: ["one", "two", "drei: ü"]}
    kept = docker_client.containers.get(ended["runtimeId"]).logs()
    assert kept.startswith(b"one\n")  # Docker has it too


def test_it_is_there_while_the_container_runs(
    ecs: Any, emulator: EmulatorProcess, busybox: str
) -> None:
    task = run(
        ecs,
        busybox,
        "echo born; sleep 60",
        options={"awslogs-group": "/shop/now", "awslogs-region": "us-east-1"},
    )
    ((stream, seen),) = lines(emulator, "/shop/now", 1).items()
    described = ecs.describe_tasks(tasks=[task["taskArn"]])["tasks"][0]["containers"][0]
    assert (stream, seen) == (described["runtimeId"], ["born"])
    ecs.stop_task(task=task["taskArn"])
    stopped(ecs, task)


def test_what_firelens_would_route_stays_with_docker(
    ecs: Any, emulator: EmulatorProcess, busybox: str, docker_client: DockerClient
) -> None:
    task = run(ecs, busybox, "echo routed", driver="awsfirelens", options={"Name": "cloudwatch"})

    ended = stopped(ecs, task)

    assert ended["exitCode"] == 0
    assert docker_client.containers.get(ended["runtimeId"]).logs() == b"routed\n"
