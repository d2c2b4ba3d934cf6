"""The AWS CLI against ``multidocker serve``, both started as a user would."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from docker import DockerClient
from support.served import Aws, Json, Serve
from support.tasks import obeys

from pytest_multidocker.engine.run import RUN_LABEL


def register(aws: Aws, image: str, folder: Path) -> str:
    request = {
        "family": "site",
        "containerDefinitions": [
            {
                "name": "web",
                "image": image,
                "memory": 16,
                "links": ["job:worker"],
                "portMappings": [{"containerPort": 80, "hostPort": 0}],
                "command": obeys(7),
            },
            {
                "name": "job",
                "image": image,
                "memory": 16,
                "essential": False,
                "command": obeys(),
            },
        ],
    }
    path = folder / "task.json"
    path.write_text(json.dumps(request))
    answer = aws("ecs", "register-task-definition", "--cli-input-json", f"file://{path}")
    return str(answer["taskDefinition"]["taskDefinitionArn"])


def test_a_task_is_started_shown_and_stopped(
    aws: Aws, engine: DockerClient, image: str, tmp_path: Path
) -> None:
    definition = register(aws, image, tmp_path)
    started = aws("ecs", "run-task", "--task-definition", definition)
    assert started["failures"] == []
    (task,) = started["tasks"]
    assert [c["lastStatus"] for c in task["containers"]] == ["PENDING", "PENDING"]

    running = _wait(aws, task["taskArn"], "RUNNING")
    web, job = running["containers"]
    assert (web["lastStatus"], job["lastStatus"]) == ("RUNNING", "RUNNING")
    inspected = engine.api.inspect_container(web["runtimeId"])
    assert inspected["State"]["Running"]
    host_port = int(inspected["NetworkSettings"]["Ports"]["80/tcp"][0]["HostPort"])
    assert web["networkBindings"] == [
        {"bindIP": "0.0.0.0", "containerPort": 80, "hostPort": host_port, "protocol": "tcp"}
    ]

    engine.api.kill(job["runtimeId"])
    stopping = aws("ecs", "stop-task", "--task", task["taskArn"], "--reason", "enough")
    assert stopping["task"]["desiredStatus"] == "STOPPED"

    stopped = _wait(aws, task["taskArn"], "STOPPED")
    assert (stopped["stopCode"], stopped["stoppedReason"]) == ("UserInitiated", "enough")
    ended = {c["name"]: (c["lastStatus"], c["exitCode"]) for c in stopped["containers"]}
    assert ended == {"web": ("STOPPED", 7), "job": ("STOPPED", 137)}
    assert not engine.api.inspect_container(web["runtimeId"])["State"]["Running"]


def _wait(aws: Aws, task_arn: str, status: str) -> Json:
    for _ in range(20):  # each call of the CLI takes the better part of a second
        (task,) = aws("ecs", "describe-tasks", "--tasks", task_arn)["tasks"]
        if task["lastStatus"] == status:
            return dict(task)
    pytest.fail(f"the task is {task['lastStatus']}, not {status}")


def test_the_databases_answer(aws: Aws, serve: Serve) -> None:
    # In us-east-1, version 1 of the CLI takes RDS's endpoint from the option alone.
    rds = aws("rds", "describe-db-instances", "--endpoint-url", serve.url)
    assert rds == {"DBInstances": []}
    assert aws("elasticache", "describe-cache-clusters") == {"CacheClusters": []}


def test_ctrl_c_leaves_nothing(engine: DockerClient, image: str, tmp_path: Path) -> None:
    serve = Serve()
    try:
        aws = Aws(serve.url, tmp_path)
        definition = register(aws, image, tmp_path)
        answer = aws("ecs", "run-task", "--count", "2", "--task-definition", definition)
        _wait(aws, answer["tasks"][0]["taskArn"], "RUNNING")
        filters = {"label": f"{RUN_LABEL}={serve.run_id}"}
        assert len(engine.api.containers(filters=filters)) >= 2
    finally:
        ended = serve.interrupt()

    assert ended == (0, "")
    assert engine.api.containers(all=True, filters=filters) == []
    assert not engine.api.volumes(filters=filters)["Volumes"]
