"""The ECS API of an emulator, used as a boto3 client would, with real containers behind it."""

from __future__ import annotations

import json
import re
import socket
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import docker
import pytest
from botocore.exceptions import ClientError
from support.clients import client
from support.tasks import obeys
from support.waiting import until

from pytest_multidocker.aws.options import EmulatorOptions
from pytest_multidocker.aws.process import EmulatorProcess, start_emulator
from pytest_multidocker.engine.identity import TASK_LABEL
from pytest_multidocker.engine.run import RUN_LABEL

Json = dict[str, Any]

SLEEP = obeys()
FAST = {"Delay": 1, "MaxAttempts": 30}
PREFIX = "arn:aws:ecs:us-east-1:123456789012"


@pytest.fixture(scope="module")
def emulator(busybox: str) -> Iterator[EmulatorProcess]:
    """An emulator that uses free ports; everything of it is gone at its end."""
    with start_emulator(EmulatorOptions(stop_timeout=2)) as process:
        yield process
    assert left_of(process.run_id) == []


@pytest.fixture(scope="module")
def declared(busybox: str) -> Iterator[EmulatorProcess]:
    """An emulator that gives tasks the host ports they declare."""
    with start_emulator(EmulatorOptions(host_ports="declared", stop_timeout=2)) as process:
        yield process
    assert left_of(process.run_id) == []


@pytest.fixture
def ecs(emulator: EmulatorProcess) -> Any:
    return client(emulator.endpoint_url, "ecs")


@pytest.fixture
def cluster(ecs: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    """A cluster with one instance for one test; its tasks are stopped at the end."""
    yield from _cluster(ecs, request)


def _cluster(ecs: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    name = re.sub("[^a-z]+", "-", request.node.name.lower())[:80]
    ecs.create_cluster(clusterName=name)
    ecs.register_container_instance(cluster=name)
    yield name
    for arn in ecs.list_tasks(cluster=name)["taskArns"]:
        ecs.stop_task(cluster=name, task=arn)


@pytest.fixture
def run(ecs: Any, cluster: str, busybox: str) -> Callable[..., Json]:
    """Registers busybox containers and runs one task of them; returns the task."""

    def start(*containers: Json, **fields: Any) -> Json:
        definition = register(ecs, busybox, *containers, **fields.pop("definition", {}))
        answer = ecs.run_task(cluster=cluster, taskDefinition=definition, **fields)
        assert answer["failures"] == []
        return dict(answer["tasks"][0])

    return start


def register(ecs: Any, image: str, *containers: Json, **fields: Any) -> str:
    defaults = {"image": image, "memory": 16, "command": SLEEP}
    fields.setdefault("family", "web")
    answer = ecs.register_task_definition(
        containerDefinitions=[{**defaults, **c} for c in containers], **fields
    )
    return str(answer["taskDefinition"]["taskDefinitionArn"])


def describe(ecs: Any, task: Json) -> Json:
    (found,) = ecs.describe_tasks(cluster=task["clusterArn"], tasks=[task["taskArn"]])["tasks"]
    return dict(found)


def wait_for(ecs: Any, task: Json, status: str) -> Json:
    waiter = ecs.get_waiter(f"tasks_{status}")
    config = {"Delay": 0.2, "MaxAttempts": 100}
    waiter.wait(cluster=task["clusterArn"], tasks=[task["taskArn"]], WaiterConfig=config)
    return describe(ecs, task)


def remaining(ecs: Any, cluster: str) -> Json:
    (arn,) = ecs.list_container_instances(cluster=cluster)["containerInstanceArns"]
    (instance,) = ecs.describe_container_instances(cluster=cluster, containerInstances=[arn])[
        "containerInstances"
    ]
    resources = {
        r["name"]: r.get("integerValue", r.get("stringSetValue"))
        for r in instance["remainingResources"]
    }
    return {
        **resources,
        "running": instance["runningTasksCount"],
        "pending": instance["pendingTasksCount"],
    }


def events(emulator: EmulatorProcess) -> list[Json]:
    url = f"{emulator.endpoint_url}/_multidocker/events?follow=0"
    with urllib.request.urlopen(url, timeout=30) as response:
        return [json.loads(line) for line in response if line.strip()]


def left_of(run_id: str, task_arn: str | None = None) -> list[str]:
    label = f"{RUN_LABEL}={run_id}" if task_arn is None else f"{TASK_LABEL}={task_arn}"
    engine = docker.from_env()
    try:
        found = engine.api.containers(all=True, filters={"label": label})
        return [container["Names"][0] for container in found]
    finally:
        engine.close()


def refusal(call: Callable[..., Any], **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


class TestRegistering:
    @pytest.mark.parametrize(
        ("request_fields", "message"),
        [
            ({"family": ""}, "Family can not be blank."),
            ({"family": "a b"}, "Family contains invalid characters."),
            ({"family": "é"}, "Family contains invalid characters."),
            ({"containerDefinitions": []}, "Container list cannot be empty."),
            (
                {"containerDefinitions": [{"name": "a", "image": "b"}]},
                (
                    "Invalid setting for container 'a'. "
                    "At least one of 'memory' or 'memoryReservation' must be specified."
                ),
            ),
            (
                {"containerDefinitions": [{"name": "a", "image": "b", "memory": 9}] * 2},
                "Container names must be unique within a Task Definition.",
            ),
            (
                {
                    "containerDefinitions": [
                        {"name": "a", "image": "b", "memory": 9, "essential": False}
                    ]
                },
                "Task definition doesn't have any essential container.",
            ),
            (
                {
                    "containerDefinitions": [
                        {"name": "a", "image": "b", "memory": 9, "links": ["a"]}
                    ]
                },
                "Container links should not have a cycle",
            ),
        ],
    )
    def test_a_refusal_has_the_words_of_ecs(
        self, ecs: Any, request_fields: Json, message: str
    ) -> None:
        good = {
            "family": "web",
            "containerDefinitions": [{"name": "a", "image": "b", "memory": 9}],
        }
        code, said = refusal(ecs.register_task_definition, **{**good, **request_fields})
        assert (code, said) == ("ClientException", message)

    def test_memory_of_the_task_will_do(self, ecs: Any) -> None:
        answer = ecs.register_task_definition(
            family="whole",
            memory="64",
            containerDefinitions=[{"name": "a", "image": "b"}],
        )
        assert answer["taskDefinition"]["memory"] == "64"

    def test_revisions_count_up(self, ecs: Any, busybox: str) -> None:
        arns = [register(ecs, busybox, {"name": "a"}, family="counted") for _ in range(2)]
        assert arns == [f"{PREFIX}:task-definition/counted:{n}" for n in (1, 2)]
        ecs.deregister_task_definition(taskDefinition=arns[0])
        assert refusal(ecs.run_task, taskDefinition=arns[0]) == (
            "ClientException",
            "TaskDefinition is inactive",
        )


class TestRunning:
    def test_a_task_is_pending_at_first_with_all_its_containers(self, run: Any) -> None:
        task = run({"name": "web", "links": ["db"]}, {"name": "db", "cpu": 10, "memory": 32})

        assert (task["lastStatus"], task["desiredStatus"], task["version"]) == (
            "PENDING",
            "RUNNING",
            1,
        )
        assert task["launchType"] == "EC2"
        assert task["group"] == "family:web"
        assert (task["cpu"], task["memory"]) == ("10", "48")
        shown = [
            (c["name"], c["lastStatus"], c["memory"], c["healthStatus"]) for c in task["containers"]
        ]
        assert shown == [("web", "PENDING", "16", "UNKNOWN"), ("db", "PENDING", "32", "UNKNOWN")]
        for container in task["containers"]:
            assert container["taskArn"] == task["taskArn"]
            assert not {"exitCode", "reason", "runtimeId"} & set(container)

    def test_a_running_task_shows_what_docker_has(
        self, ecs: Any, run: Any, docker_client: docker.DockerClient
    ) -> None:
        task = run({"name": "web", "portMappings": [{"containerPort": 80, "hostPort": 80}]})
        running = wait_for(ecs, task, "running")

        (web,) = running["containers"]
        inspected = docker_client.api.inspect_container(web["runtimeId"])
        assert inspected["State"]["Running"]
        host_port = int(inspected["NetworkSettings"]["Ports"]["80/tcp"][0]["HostPort"])
        assert web["networkBindings"] == [
            {"bindIP": "0.0.0.0", "containerPort": 80, "hostPort": host_port, "protocol": "tcp"}
        ]
        assert web["lastStatus"] == running["lastStatus"] == "RUNNING"
        assert not {"exitCode", "reason"} & set(web)
        assert running["connectivity"] == "CONNECTED"
        assert running["version"] > task["version"]
        times = [running[name] for name in ("createdAt", "pullStartedAt", "pullStoppedAt")]
        assert all(isinstance(moment, datetime) for moment in times)
        assert times[1:] == sorted(times[1:])
        assert running["startedAt"] > running["createdAt"]
        assert not {"stopCode", "stoppedReason", "stoppedAt", "stoppingAt"} & set(running)

    def test_overrides_change_one_task(
        self, ecs: Any, run: Any, docker_client: docker.DockerClient
    ) -> None:
        environment = [{"name": "A", "value": "1"}, {"name": "B", "value": "1"}]
        override = {
            "name": "job",
            "command": ["sh", "-c", "exit $((A + B))"],
            "environment": [{"name": "B", "value": "20"}],
            "memory": 24,
        }
        task = run(
            {"name": "job", "environment": environment},
            overrides={"containerOverrides": [override]},
        )
        stopped = wait_for(ecs, task, "stopped")

        assert stopped["containers"][0]["exitCode"] == 21
        assert stopped["overrides"]["containerOverrides"][0]["memory"] == 24
        inspected = docker_client.api.inspect_container(stopped["containers"][0]["runtimeId"])
        assert inspected["HostConfig"]["Memory"] == 24 * 2**20

    def test_the_same_token_starts_tasks_once(self, ecs: Any, cluster: str, busybox: str) -> None:
        request = {
            "cluster": cluster,
            "taskDefinition": register(ecs, busybox, {"name": "a"}),
            "clientToken": "once",
            "count": 2,
        }
        first, second = (ecs.run_task(**request)["tasks"] for _ in range(2))

        assert len(first) == 2
        assert [t["taskArn"] for t in first] == [t["taskArn"] for t in second]
        assert len(ecs.list_tasks(cluster=cluster)["taskArns"]) == 2

    @pytest.mark.parametrize(
        ("fields", "code", "message"),
        [
            ({"taskDefinition": "nope"}, "ClientException", "TaskDefinition not found."),
            ({"cluster": "nope"}, "ClusterNotFoundException", "Cluster not found."),
            (
                {"launchType": "FARGATE"},
                "InvalidParameterException",
                "Task definition does not support launch_type FARGATE.",
            ),
            (
                {"count": 11},
                "InvalidParameterException",
                "count must be between 1 and 10, but was 11.",
            ),
            (
                {"overrides": {"containerOverrides": [{"name": "x"}]}},
                "InvalidParameterException",
                "Override for container named x is not a container in the TaskDefinition.",
            ),
        ],
    )
    def test_what_cannot_run_is_refused(
        self, ecs: Any, cluster: str, busybox: str, fields: Json, code: str, message: str
    ) -> None:
        good = {"cluster": cluster, "taskDefinition": register(ecs, busybox, {"name": "a"})}
        assert refusal(ecs.run_task, **{**good, **fields}) == (code, message)

    def test_a_cluster_without_instances_runs_nothing(self, ecs: Any, busybox: str) -> None:
        ecs.create_cluster(clusterName="empty")
        definition = register(ecs, busybox, {"name": "a"})
        assert refusal(ecs.run_task, cluster="empty", taskDefinition=definition) == (
            "InvalidParameterException",
            "No Container Instances were found in your cluster.",
        )


class TestPlacing:
    @pytest.mark.parametrize(
        ("container", "reason"),
        [({"memory": 5000}, "RESOURCE:MEMORY"), ({"cpu": 5000}, "RESOURCE:CPU")],
    )
    def test_what_does_not_fit_is_a_failure(
        self, ecs: Any, cluster: str, busybox: str, container: Json, reason: str
    ) -> None:
        definition = register(ecs, busybox, {"name": "a", **container})
        answer = ecs.run_task(cluster=cluster, taskDefinition=definition)
        (instance,) = ecs.list_container_instances(cluster=cluster)["containerInstanceArns"]

        assert answer["tasks"] == []
        assert answer["failures"] == [{"arn": instance, "reason": reason}]

    def test_room_is_taken_and_given_back(self, ecs: Any, cluster: str, run: Any) -> None:
        before = remaining(ecs, cluster)
        assert before == {
            "CPU": 1024,
            "MEMORY": 983,
            "PORTS": ["22", "2375", "2376", "51678", "51679"],
            "PORTS_UDP": [],
            "running": 0,
            "pending": 0,
        }
        task = run({"name": "a", "memory": 100, "cpu": 256})
        wait_for(ecs, task, "running")
        assert remaining(ecs, cluster) == {**before, "CPU": 768, "MEMORY": 883, "running": 1}
        (described,) = ecs.describe_clusters(clusters=[cluster])["clusters"]
        counts = ("runningTasksCount", "pendingTasksCount", "registeredContainerInstancesCount")
        assert [described[name] for name in counts] == [1, 0, 1]

        ecs.stop_task(cluster=cluster, task=task["taskArn"])
        wait_for(ecs, task, "stopped")
        assert remaining(ecs, cluster) == before

    def test_a_host_port_is_had_once(self, declared: EmulatorProcess, busybox: str) -> None:
        ecs = client(declared.endpoint_url, "ecs")
        port = free_port()
        definition = register(
            ecs,
            busybox,
            {"name": "a", "portMappings": [{"containerPort": 80, "hostPort": port}]},
        )
        answer = ecs.run_task(taskDefinition=definition, count=2)

        (task,) = answer["tasks"]
        assert [f["reason"] for f in answer["failures"]] == ["RESOURCE:PORTS"]
        assert str(port) in remaining(ecs, "default")["PORTS"]
        (container,) = wait_for(ecs, task, "running")["containers"]
        assert [b["hostPort"] for b in container["networkBindings"]] == [port]
        ecs.stop_task(task=task["taskArn"])
        wait_for(ecs, task, "stopped")
        assert str(port) not in remaining(ecs, "default")["PORTS"]

    def test_start_task_chooses_its_instances(self, ecs: Any, cluster: str, busybox: str) -> None:
        other = ecs.register_container_instance(
            cluster=cluster, instanceIdentityDocument=json.dumps({"instanceId": "i-0123"})
        )["containerInstance"]
        assert other["ec2InstanceId"] == "i-0123"
        other_arn = other["containerInstanceArn"]
        missing = f"{PREFIX}:container-instance/{cluster}/{'0' * 32}"
        answer = ecs.start_task(
            cluster=cluster,
            taskDefinition=register(ecs, busybox, {"name": "a"}),
            containerInstances=[missing, other_arn],
        )
        assert answer["failures"] == [{"arn": missing, "reason": "MISSING"}]
        assert [t["containerInstanceArn"] for t in answer["tasks"]] == [other_arn]

    def test_a_draining_instance_takes_nothing(self, ecs: Any, cluster: str, busybox: str) -> None:
        (arn,) = ecs.list_container_instances(cluster=cluster)["containerInstanceArns"]
        ecs.update_container_instances_state(
            cluster=cluster, containerInstances=[arn], status="DRAINING"
        )
        definition = register(ecs, busybox, {"name": "a"})
        answer = ecs.run_task(cluster=cluster, taskDefinition=definition)
        assert answer["failures"] == [{"arn": arn, "reason": "INACTIVE"}]

    def test_an_instance_leaves_by_force_while_its_tasks_go_on(
        self, ecs: Any, cluster: str, run: Any
    ) -> None:
        task = run({"name": "a"})
        wait_for(ecs, task, "running")
        instance = {"cluster": cluster, "containerInstance": task["containerInstanceArn"]}

        assert refusal(ecs.deregister_container_instance, **instance) == (
            "InvalidParameterException",
            "Found running tasks on the instance.",
        )
        gone = ecs.deregister_container_instance(**instance, force=True)["containerInstance"]
        assert gone["status"] == "INACTIVE"
        assert ecs.list_container_instances(cluster=cluster)["containerInstanceArns"] == []
        (described,) = ecs.describe_clusters(clusters=[cluster])["clusters"]
        assert described["registeredContainerInstancesCount"] == 0
        assert describe(ecs, task)["lastStatus"] == "RUNNING"
        ecs.stop_task(cluster=cluster, task=task["taskArn"])
        wait_for(ecs, task, "stopped")
        assert refusal(ecs.deregister_container_instance, **instance)[0] == "ClientException"

    def test_a_cluster_that_is_used_stays(self, ecs: Any, cluster: str, run: Any) -> None:
        task = run({"name": "a"})
        assert refusal(ecs.delete_cluster, cluster=cluster)[0] == "ClusterContainsTasksException"
        ecs.stop_task(cluster=cluster, task=task["taskArn"])
        wait_for(ecs, task, "stopped")
        code, _ = refusal(ecs.delete_cluster, cluster=cluster)
        assert code == "ClusterContainsContainerInstancesException"
        assert ecs.create_cluster(clusterName=cluster)["cluster"]["status"] == "ACTIVE"
        assert describe(ecs, task)["lastStatus"] == "STOPPED"


class TestStopping:
    def test_an_essential_exit(self, ecs: Any, run: Any) -> None:
        task = run(
            {"name": "web", "command": ["sh", "-c", "sleep 1; exit 3"]},
            {"name": "side", "command": obeys(42)},
        )
        stopped = wait_for(ecs, task, "stopped")

        assert stopped["stopCode"] == "EssentialContainerExited"
        assert stopped["stoppedReason"] == "Essential container in task exited"
        ended = {c["name"]: (c["lastStatus"], c["exitCode"]) for c in stopped["containers"]}
        assert ended == {"web": ("STOPPED", 3), "side": ("STOPPED", 42)}
        order = ("startedAt", "executionStoppedAt", "stoppingAt", "stoppedAt")
        times = [stopped[name] for name in order]
        assert times == sorted(times)
        assert stopped["desiredStatus"] == "STOPPED"

    def test_an_essential_exit_before_the_task_runs_is_no_failed_start(
        self, ecs: Any, run: Any
    ) -> None:
        stopped = wait_for(ecs, run({"name": "a", "command": ["sh", "-c", "exit 7"]}), "stopped")
        assert stopped["stopCode"] == "EssentialContainerExited"
        assert stopped["containers"][0]["exitCode"] == 7

    def test_a_task_that_cannot_start(self, ecs: Any, run: Any) -> None:
        task = run({"name": "web", "links": ["db"]}, {"name": "db", "command": ["/nope"]})
        stopped = wait_for(ecs, task, "stopped")

        assert stopped["stopCode"] == "TaskFailedToStart"
        assert stopped["stoppedReason"] == "Task failed to start"
        web, db = stopped["containers"]
        assert db["reason"].startswith("CannotStartContainerError: Error response from daemon: ")
        assert "exitCode" not in db
        assert not {"exitCode", "reason", "runtimeId"} & set(web)
        assert "startedAt" not in stopped

    def test_a_link_to_nobody_is_told_by_the_agent(self, ecs: Any, run: Any) -> None:
        stopped = wait_for(ecs, run({"name": "web", "links": ["sever"]}), "stopped")
        assert stopped["stopCode"] == "TaskFailedToStart"
        assert stopped["stoppedReason"].startswith("resource cannot be initialized for task ")
        assert stopped["stoppedReason"].endswith(": could not find container for link sever")
        assert stopped["containers"][0]["lastStatus"] == "PENDING"

    def test_a_user_s_stop(self, ecs: Any, cluster: str, run: Any) -> None:
        task = run({"name": "a"})
        wait_for(ecs, task, "running")
        for reason in ("enough", "again"):
            asked = ecs.stop_task(cluster=cluster, task=task["taskArn"], reason=reason)["task"]
            assert asked["desiredStatus"] == "STOPPED"
        stopped = wait_for(ecs, task, "stopped")

        assert (stopped["stopCode"], stopped["stoppedReason"]) == ("UserInitiated", "enough")
        assert stopped["containers"][0]["exitCode"] == 0
        again = ecs.stop_task(cluster=cluster, task=task["taskArn"])["task"]
        assert (again["stoppedReason"], again["version"]) == ("enough", stopped["version"])

    def test_a_task_that_is_not_there(self, ecs: Any, cluster: str) -> None:
        arn = f"{PREFIX}:task/{cluster}/{'0' * 32}"
        assert refusal(ecs.stop_task, cluster=cluster, task=arn) == (
            "InvalidParameterException",
            "The referenced task was not found.",
        )
        answer = ecs.describe_tasks(cluster=cluster, tasks=[arn, "1" * 32])
        assert answer["tasks"] == []
        assert answer["failures"] == [
            {"arn": arn, "reason": "MISSING"},
            {"arn": f"{PREFIX}:task/{cluster}/{'1' * 32}", "reason": "MISSING"},
        ]

    def test_health_is_shown(self, ecs: Any, cluster: str, run: Any) -> None:
        check = {"command": ["CMD", "true"], "interval": 5, "timeout": 2, "retries": 1}
        task = run({"name": "a", "healthCheck": check}, {"name": "b", "essential": False})
        wait_for(ecs, task, "running")
        arn = task["taskArn"]

        def health() -> list[str]:
            found = describe(ecs, task)
            return [found["healthStatus"], *(c["healthStatus"] for c in found["containers"])]

        assert health() == ["UNKNOWN"] * 3
        url = f"{ecs.meta.endpoint_url}/_multidocker/events"
        with urllib.request.urlopen(url, timeout=30) as stream:
            for line in stream:
                event = json.loads(line) if line.strip() else {}
                if event.get("taskArn") == arn and any(
                    c["healthStatus"] == "HEALTHY" for c in event["containers"]
                ):
                    break
        assert health() == ["HEALTHY", "HEALTHY", "UNKNOWN"]


class TestListing:
    def test_filters(self, ecs: Any, cluster: str, run: Any) -> None:
        red = run({"name": "a"}, definition={"family": "red"}, startedBy="ci")
        blue = run({"name": "a", "command": ["true"]}, definition={"family": "blue"})
        wait_for(ecs, blue, "stopped")

        def listed(**filters: Any) -> list[str]:
            return list(ecs.list_tasks(cluster=cluster, **filters)["taskArns"])

        assert listed() == listed(desiredStatus="RUNNING") == [red["taskArn"]]
        assert listed(desiredStatus="STOPPED") == [blue["taskArn"]]
        assert listed(family="red") == listed(startedBy="ci") == [red["taskArn"]]
        assert listed(family="blue") == listed(startedBy="me") == []
        assert listed(family="blue", desiredStatus="STOPPED") == [blue["taskArn"]]
        assert listed(containerInstance=red["containerInstanceArn"]) == [red["taskArn"]]
        assert listed(containerInstance="0" * 32) == []
        assert ecs.list_tasks()["taskArns"] == []


class TestReporting:
    def test_events_come_in_the_agent_s_order(
        self, emulator: EmulatorProcess, ecs: Any, run: Any
    ) -> None:
        task = run(
            {"name": "web", "links": ["db"]},
            {"name": "db", "command": ["sh", "-c", "sleep 1; exit 1"]},
        )
        wait_for(ecs, task, "stopped")

        seen: list[tuple[str, ...]] = []
        for event in events(emulator):
            if event["kind"] == "task" and event["taskArn"] == task["taskArn"]:
                state = (event["lastStatus"], *(c["lastStatus"] for c in event["containers"]))
                if state not in seen:
                    seen.append(state)
        assert seen == [
            ("PENDING", "PENDING", "PENDING"),
            ("PENDING", "PENDING", "RUNNING"),
            ("PENDING", "RUNNING", "RUNNING"),
            ("RUNNING", "RUNNING", "RUNNING"),
            ("RUNNING", "RUNNING", "STOPPED"),
            ("RUNNING", "STOPPED", "STOPPED"),
            ("STOPPED", "STOPPED", "STOPPED"),
        ]

    def test_another_agent_may_report(self, ecs: Any, cluster: str, run: Any) -> None:
        task = run({"name": "a"}, {"name": "b", "essential": False})
        wait_for(ecs, task, "running")
        before = describe(ecs, task)
        reported = {"cluster": cluster, "task": task["taskArn"]}

        answer = ecs.submit_container_state_change(
            **reported, containerName="b", status="STOPPED", exitCode=9, reason="because"
        )
        assert answer["acknowledgment"] == "ACK"
        ecs.submit_task_state_change(**reported, status="PENDING")  # a status never goes back
        after = describe(ecs, task)

        b = after["containers"][1]
        assert (b["lastStatus"], b["exitCode"], b["reason"]) == ("STOPPED", 9, "because")
        assert after["lastStatus"] == "RUNNING"
        assert after["version"] > before["version"]
        ended = {"containerName": "a", "status": "STOPPED", "exitCode": 0}
        ecs.submit_task_state_change(**reported, status="STOPPED", containers=[ended])
        assert describe(ecs, task)["stopCode"] == "EssentialContainerExited"
        code, _ = refusal(
            ecs.submit_container_state_change, **reported, containerName="x", status="RUNNING"
        )
        assert code == "ClientException"
        assert refusal(
            ecs.submit_task_state_change, cluster=cluster, task="0" * 32, status="RUNNING"
        ) == ("InvalidParameterException", "The referenced task was not found.")

    def test_regions_know_nothing_of_each_other(
        self, emulator: EmulatorProcess, ecs: Any, busybox: str
    ) -> None:
        ireland = client(emulator.endpoint_url, "ecs", "eu-west-1")
        definition = register(ireland, busybox, {"name": "a"}, family="irish")
        assert definition == "arn:aws:ecs:eu-west-1:123456789012:task-definition/irish:1"
        (task,) = ireland.run_task(taskDefinition=definition)["tasks"]

        assert wait_for(ireland, task, "running")["lastStatus"] == "RUNNING"
        assert ecs.list_tasks()["taskArns"] == []
        ireland.stop_task(task=task["taskArn"])
        assert wait_for(ireland, task, "stopped")["containers"][0]["exitCode"] == 0


def test_a_reset_of_moto_leaves_no_container_behind(busybox: str) -> None:
    with start_emulator(EmulatorOptions()) as emulator:
        ecs = client(emulator.endpoint_url, "ecs")
        for _ in range(2):
            definition = register(ecs, busybox, {"name": "a"}, {"name": "b"})
            assert definition.endswith("web:1")
            answer = ecs.run_task(taskDefinition=definition, count=2)
            assert answer["failures"] == []
            wait_for(ecs, answer["tasks"][0], "running")

            reset = urllib.request.Request(f"{emulator.endpoint_url}/moto-api/reset", b"")
            with urllib.request.urlopen(reset, timeout=30) as response:
                assert response.status == 200
            assert ecs.list_tasks()["taskArns"] == []
            for task in answer["tasks"]:
                arn = task["taskArn"]
                until(lambda arn=arn: not left_of(emulator.run_id, arn))  # type: ignore[misc]
        assert "Traceback" not in emulator.log_tail(100)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
