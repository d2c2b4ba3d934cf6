"""The real engine behind the ECS API of an emulator, for rows that begin at the API."""

from __future__ import annotations

import itertools
from typing import Any

from docker import DockerClient
from support.clients import client, make_role

from conformance.vocabulary import App, Json
from pytest_multidocker.aws.process import EmulatorProcess

_NUMBERS = itertools.count(1)


class AwsTask:
    """A task as the API tells of it."""

    def __init__(self, ecs: Any, docker: DockerClient, described: Json) -> None:
        self._ecs = ecs
        self._docker = docker
        self.cluster = described["clusterArn"]
        self.arn = described["taskArn"]

    def describe(self) -> Json:
        """Return what DescribeTasks says."""
        (found,) = self._ecs.describe_tasks(cluster=self.cluster, tasks=[self.arn])["tasks"]
        return dict(found)

    def container(self, name: str) -> Json:
        """Return what DescribeTasks says of a container."""
        (found,) = [c for c in self.describe()["containers"] if c["name"] == name]
        return dict(found)

    def running(self) -> AwsTask:
        """Return when the task is RUNNING."""
        return self._wait("tasks_running")

    def stopped(self) -> AwsTask:
        """Return when the task is STOPPED."""
        return self._wait("tasks_stopped")

    def stop(self) -> AwsTask:
        """Ask ECS to stop the task."""
        self._ecs.stop_task(cluster=self.cluster, task=self.arn)
        return self

    def inspect(self, name: str) -> Json:
        """Return what ``docker inspect`` shows of a container."""
        return dict(self._docker.api.inspect_container(self.container(name)["runtimeId"]))

    def output(self, name: str) -> str:
        """Return what a container has printed on its standard output."""
        container = self._docker.containers.get(self.container(name)["runtimeId"])
        printed: bytes = container.logs(stderr=False)
        return printed.decode()

    def exec(self, name: str, script: str) -> str:
        """Run a shell script in a container and return its output; fail where it fails."""
        container = self._docker.containers.get(self.container(name)["runtimeId"])
        code, output = container.exec_run(["sh", "-c", script])
        assert code == 0, output
        assert isinstance(output, bytes)
        return output.decode()

    def environment(self, name: str) -> dict[str, str]:
        """Return the environment of a container's first process."""
        lines = self.exec(name, "tr '\\0' '\\n' < /proc/1/environ").splitlines()
        return dict(line.split("=", 1) for line in lines)

    def _wait(self, waiter: str) -> AwsTask:
        config = {"Delay": 0.2, "MaxAttempts": 300}
        self._ecs.get_waiter(waiter).wait(
            cluster=self.cluster, tasks=[self.arn], WaiterConfig=config
        )
        return self


class AwsHost:
    """A cluster of one instance on an emulator."""

    def __init__(self, emulator: EmulatorProcess, docker: DockerClient, image: str) -> None:
        self._emulator = emulator
        self._docker = docker
        self._image = image
        self.ecs = self.client("ecs")
        self.cluster = f"conformance-{next(_NUMBERS)}"
        self.ecs.create_cluster(clusterName=self.cluster)
        self.ecs.register_container_instance(cluster=self.cluster)

    def client(self, service: str) -> Any:
        """Return a boto3 client of the emulator."""
        return client(self._emulator.endpoint_url, service)

    def make_role(self, name: str) -> str:
        """Return the ARN of a role that is there."""
        return make_role(self._emulator.endpoint_url, name)

    def register(self, *apps: App, **definition: Any) -> str:
        """Register a task definition; return its ARN."""
        containers = [{"image": self._image, "memory": 16, **a.json} for a in apps]
        answer = self.ecs.register_task_definition(
            containerDefinitions=containers, **{"family": "fam", **definition}
        )
        return str(answer["taskDefinition"]["taskDefinitionArn"])

    def place(self, definition: str, **request: Any) -> tuple[list[AwsTask], list[str]]:
        """Run a task definition; return the tasks, and the reasons of failures."""
        answer = self.ecs.run_task(cluster=self.cluster, taskDefinition=definition, **request)
        tasks = [AwsTask(self.ecs, self._docker, task) for task in answer["tasks"]]
        return tasks, [failure["reason"] for failure in answer["failures"]]

    def run(self, *apps: App, definition: Json | None = None, **request: Any) -> AwsTask:
        """Run one task of these containers."""
        (task,), failures = self.place(self.register(*apps, **(definition or {})), **request)
        assert not failures
        return task

    def close(self) -> None:
        """Stop all tasks of the cluster."""
        for arn in self.ecs.list_tasks(cluster=self.cluster)["taskArns"]:
            self.ecs.stop_task(cluster=self.cluster, task=arn)
