"""The agent's JSON of tasks and containers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from support.metadata import ARN, identity, inspected, state_of

from pytest_multidocker.aws.metadata.shapes import (
    V3,
    V4,
    container_response,
    task_response,
    with_tags,
)
from pytest_multidocker.ecs.state import ContainerState
from pytest_multidocker.ecs.status import ContainerStatus, TaskStatus

FULL = {
    "name": "web_app",
    "cpu": 10,
    "logConfiguration": {"logDriver": "json-file", "options": {"max-size": "1m"}},
}


def running(task: Any, name: str = "web_app", **fields: Any) -> ContainerState:
    return replace(
        state_of(task).containers[name],
        runtime_id="d0c",
        known=ContainerStatus.RUNNING,
        **fields,
    )


def test_a_running_container_in_version_4() -> None:
    task = identity(FULL)
    assert container_response(task, running(task), inspected(), V4) == {
        "DockerId": "d0c",
        "Name": "web_app",
        "DockerName": task.container_name("web_app"),
        "Image": "app:1",
        "ImageID": "sha256:abc",
        "Ports": [
            {"ContainerPort": 8080, "Protocol": "tcp", "HostPort": 80, "HostIp": "0.0.0.0"},
            {"ContainerPort": 8080, "Protocol": "tcp", "HostPort": 80, "HostIp": "::"},
        ],
        "Labels": {"team": "red"},
        "DesiredStatus": "RUNNING",
        "KnownStatus": "RUNNING",
        "Limits": {"CPU": 10, "Memory": 64},
        "CreatedAt": "2026-01-02T03:04:05.1Z",
        "StartedAt": "2026-01-02T03:04:06.123456789Z",
        "Type": "NORMAL",
        "Networks": [{"NetworkMode": "bridge", "IPv4Addresses": ["172.17.0.2"]}],
        "Volumes": [
            {"Source": "/srv", "Destination": "/data"},
            {"DockerName": "v", "Source": "/var/lib/v", "Destination": "/v"},
        ],
        "LogDriver": "json-file",
        "LogOptions": {"max-size": "1m"},
        "ContainerARN": f"{ARN.replace(':task/', ':container/')}/web_app",
    }


def test_version_3_knows_nothing_of_logs_arns_and_host_addresses() -> None:
    task = identity(FULL)
    four = container_response(task, running(task), inspected(), V4)
    three = container_response(task, running(task), inspected(), V3)
    assert set(four) - set(three) == {"LogDriver", "LogOptions", "ContainerARN"}
    assert three["Ports"][0] == {"ContainerPort": 8080, "Protocol": "tcp", "HostPort": 80}


def test_a_container_that_has_exited_says_how() -> None:
    task = identity({"name": "job"})
    state = running(task, "job", exit_code=0)
    ended = inspected(
        State={"StartedAt": "2026-01-01T00:00:00Z", "FinishedAt": "2026-01-01T00:00:01Z"}
    )
    response = container_response(task, state, ended, V4)
    assert response["ExitCode"] == 0
    assert response["FinishedAt"] == "2026-01-01T00:00:01Z"


def test_cpu_is_never_less_than_the_agent_gives_and_no_hard_limit_is_zero() -> None:
    task = identity({"name": "a", "memory": None, "memoryReservation": 32})
    limits = container_response(task, running(task, "a"), inspected(), V4)["Limits"]
    assert limits == {"CPU": 2, "Memory": 0}


def test_a_container_that_docker_has_not_yet_or_not_any_more_says_less() -> None:
    task = identity({"name": "a"})
    pulled = replace(state_of(task).containers["a"], known=ContainerStatus.PULLED)
    response = container_response(task, pulled, None, V3)
    assert response == {
        "DockerId": "",
        "Name": "a",
        "DockerName": "",
        "Image": "app:1",
        "ImageID": "",
        "DesiredStatus": "RUNNING",
        "KnownStatus": "PULLED",
        "Limits": {"CPU": 2, "Memory": 64},
        "Type": "NORMAL",
    }


class TestHealth:
    def health(self, state: str, log: list[dict[str, Any]]) -> Any:
        check = {"command": ["CMD", "true"]}
        task = identity({"name": "a", "healthCheck": check})
        container = running(task, "a", health=state, health_since=1000.5)
        found = inspected()
        found["State"]["Health"] = {"Log": log}
        return container_response(task, container, found, V4)["Health"]

    def test_a_healthy_container_has_its_last_output_and_no_exit_code(self) -> None:
        log = [{"ExitCode": 1, "Output": "no"}, {"ExitCode": 0, "Output": "yes"}]
        assert self.health("HEALTHY", log) == {
            "status": "HEALTHY",
            "statusSince": "1970-01-01T00:16:40.5Z",
            "output": "yes",
        }

    def test_an_unhealthy_one_has_its_exit_code_and_not_too_much_output(self) -> None:
        health = self.health("UNHEALTHY", [{"ExitCode": 7, "Output": "x" * 2000}])
        assert health["exitCode"] == 7
        assert len(health["output"]) == 1024

    def test_before_the_first_result_health_is_there_and_empty(self) -> None:
        assert self.health("UNKNOWN", []) == {}

    def test_without_a_check_in_the_definition_there_is_none(self) -> None:
        task = identity({"name": "a"})
        found = inspected()
        found["State"]["Health"] = {"Log": [{"ExitCode": 0, "Output": "of the image's check"}]}
        assert "Health" not in container_response(task, running(task, "a"), found, V4)


def test_restarts_are_counted_where_a_policy_restarts() -> None:
    policy = {"enabled": True, "restartAttemptPeriod": 60}
    task = identity({"name": "a", "restartPolicy": policy}, {"name": "b"})
    again = container_response(task, running(task, "a", restart_count=2), inspected(), V4)
    assert again["RestartCount"] == 2
    assert "RestartCount" not in container_response(task, running(task, "b"), inspected(), V4)


class TestTask:
    def test_a_running_task(self) -> None:
        task = identity({"name": "a"})
        state = replace(
            state_of(task),
            known=TaskStatus.RUNNING,
            pull_started_at=1000.0,
            pull_stopped_at=1000.25,
        )
        assert task_response(task, state, [{"Name": "a"}], V4) == {
            "Cluster": "shop",
            "TaskARN": ARN,
            "Family": "web",
            "Revision": "3",
            "DesiredStatus": "RUNNING",
            "KnownStatus": "RUNNING",
            "Containers": [{"Name": "a"}],
            "PullStartedAt": "1970-01-01T00:16:40Z",
            "PullStoppedAt": "1970-01-01T00:16:40.25Z",
            "AvailabilityZone": "eu-west-1a",
            "LaunchType": "EC2",
            "FaultInjectionEnabled": False,
        }

    def test_version_3_has_no_launch_type(self) -> None:
        task = identity({"name": "a"})
        response = task_response(task, state_of(task), [], V3)
        assert not {"LaunchType", "FaultInjectionEnabled", "Containers"} & set(response)
        assert response["KnownStatus"] == "NONE"

    def test_limits_are_those_of_the_task_as_a_whole(self) -> None:
        task = identity({"name": "a"}, cpu=512, memory=256)
        limits = task_response(task, state_of(task), [], V4)["Limits"]
        assert limits == {"CPU": 0.5, "Memory": 256}

    def test_tags_are_left_out_where_there_are_none(self) -> None:
        assert with_tags({"Family": "web"}, {"team": "red"}, {}) == {
            "Family": "web",
            "TaskTags": {"team": "red"},
        }
