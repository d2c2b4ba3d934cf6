"""The AWS CLI against ``multidocker serve``, both started as a user would."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from pytest_multidocker.engine.images import probe_image
from pytest_multidocker.engine.run import RUN_LABEL

Json = dict[str, Any]
Aws = Callable[..., Json]

SLEEP = ["sh", "-c", "trap 'exit 0' TERM; sleep 60 & wait"]


@pytest.fixture(scope="module")
def engine() -> Iterator[docker.DockerClient]:
    client = docker.from_env()
    yield client
    client.close()


class Serve:
    """A ``multidocker serve`` of its own process group, with what it said at its start."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pytest_multidocker", "serve", "--port=0", "--stop-timeout=2"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        words = self.process.stdout.readline().split()
        self.url = words[4]
        self.run_id = words[6].strip("(). ")

    def interrupt(self) -> tuple[int, str]:
        """Press Ctrl-C; return the exit code and what was written to standard error."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
        _, errors = self.process.communicate(timeout=30)
        return self.process.returncode, errors


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    started = Serve()
    yield started
    assert started.interrupt() == (0, "")


@pytest.fixture(scope="module")
def aws(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Aws:
    return cli(serve.url, tmp_path_factory.mktemp("home"))


def cli(url: str, home: Path) -> Aws:
    """Return a function that runs the AWS CLI and gives its answer."""
    command = Path(sys.executable).with_name("aws")
    program = str(command) if command.exists() else shutil.which("aws")
    assert program, "the test dependency group has the awscli package"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "AWS_ENDPOINT_URL": url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_PAGER": "",
    }

    def aws(*arguments: str) -> Json:
        result = subprocess.run(
            [program, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        return dict(json.loads(result.stdout)) if result.stdout.strip() else {}

    return aws


def register(aws: Aws, engine: docker.DockerClient, folder: Path) -> str:
    image = probe_image(engine)
    request = {
        "family": "site",
        "containerDefinitions": [
            {
                "name": "web",
                "image": image,
                "memory": 16,
                "links": ["job:worker"],
                "portMappings": [{"containerPort": 80, "hostPort": 0}],
                "command": ["sh", "-c", "trap 'exit 7' TERM; sleep 60 & wait"],
            },
            {
                "name": "job",
                "image": image,
                "memory": 16,
                "essential": False,
                "command": SLEEP,
            },
        ],
    }
    path = folder / "task.json"
    path.write_text(json.dumps(request))
    answer = aws("ecs", "register-task-definition", "--cli-input-json", f"file://{path}")
    return str(answer["taskDefinition"]["taskDefinitionArn"])


def test_a_task_is_started_shown_and_stopped(
    aws: Aws, engine: docker.DockerClient, tmp_path: Path
) -> None:
    definition = register(aws, engine, tmp_path)
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
    # Version 1 of the CLI takes RDS's endpoint from no variable, only from the option.
    rds = aws("rds", "describe-db-instances", "--endpoint-url", serve.url)
    assert rds == {"DBInstances": []}
    assert aws("elasticache", "describe-cache-clusters") == {"CacheClusters": []}


def test_ctrl_c_leaves_nothing(engine: docker.DockerClient, tmp_path: Path) -> None:
    serve = Serve()
    try:
        aws = cli(serve.url, tmp_path)
        definition = register(aws, engine, tmp_path)
        answer = aws("ecs", "run-task", "--count", "2", "--task-definition", definition)
        _wait(aws, answer["tasks"][0]["taskArn"], "RUNNING")
        filters = {"label": f"{RUN_LABEL}={serve.run_id}"}
        assert len(engine.api.containers(filters=filters)) >= 2
    finally:
        ended = serve.interrupt()

    assert ended == (0, "")
    assert engine.api.containers(all=True, filters=filters) == []
    assert not engine.api.volumes(filters=filters)["Volumes"]
