"""What the ECS API remembers and decides, in the place of moto's tasks and container instances.

Clusters, task definitions, tags and services stay moto's; a task here is one that the agent runs.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from moto.ecs.exceptions import EcsClientException, InvalidParameterException
from moto.ecs.models import EC2ContainerServiceBackend

from ...dockerrun import Document
from ...ecs import reasons
from ...ecs.accounting import Account, required
from ...ecs.instances import capacity
from ...rules import registration_findings
from .placement import Failure, definition_of, place, without_ports
from .records import ContainerRecord, InstanceRecord, TaskRecord, now

if TYPE_CHECKING:
    from ..emulator import Emulator

DEFAULT_CLUSTER = "default"
_MOST_TASKS = 10  # that one RunTask may start


class Agent(Protocol):
    """Runs the tasks that have been placed, and stops them."""

    def start(self, task: TaskRecord) -> None:
        """Take the task up."""

    def stop(self, task: TaskRecord) -> None:
        """Stop the task's containers."""


class EcsBackend(EC2ContainerServiceBackend):
    """ECS in one account and region. A cluster named ``default``, with one instance, is there."""

    emulator: Emulator
    agent: Agent
    container_instances: Any

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.lock = threading.RLock()
        self.task_records: dict[str, TaskRecord] = {}
        self.tokens: dict[tuple[str, str], list[TaskRecord]] = {}
        self.create_cluster(DEFAULT_CLUSTER)
        self.add_instance(DEFAULT_CLUSTER, self.emulator.options.instance_type)

    # --- task definitions -------------------------------------------------------------------

    def register_task_definition(
        self,
        family: str,
        container_definitions: list[dict[str, Any]],
        volumes: list[dict[str, Any]] | None = None,
        *args: Any,
        **options: Any,
    ) -> Any:
        """Register a revision; raises ``ClientException`` with ECS's words for what is wrong."""
        if not family:
            raise EcsClientException("Family can not be blank.")
        if not all(c.isalnum() or c in "-_" for c in family):
            raise EcsClientException("Family contains invalid characters.")
        value = {
            "AWSEBDockerrunVersion": 2,
            "containerDefinitions": container_definitions,
            "volumes": volumes or [],
        }
        for finding in registration_findings(Document.from_value(value)):
            raise EcsClientException(finding.aws_text)
        return super().register_task_definition(
            family, container_definitions, volumes, *args, **options
        )

    # --- container instances ----------------------------------------------------------------

    def add_instance(self, cluster_name: str, instance_type: str) -> InstanceRecord:
        """Register a container instance with what that instance type has; return its record."""
        room = capacity(instance_type)
        instance_id = uuid.uuid4().hex
        arn = self._arn("container-instance", cluster_name, instance_id)
        record = InstanceRecord(
            container_instance_arn=arn,
            ec2_instance_id=f"i-{instance_id[:17]}",
            instance_type=instance_type,
            account=Account.of(room.cpu, room.memory),
        )
        self.container_instances.setdefault(cluster_name, {})[instance_id] = record
        self.clusters[cluster_name].registered_container_instances_count += 1
        return record

    def register_container_instance(self, cluster_str: str, ec2_instance_id: str) -> Any:
        """Register an instance of the emulator's instance type under that EC2 instance id."""
        cluster = self._get_cluster(cluster_str)
        record = self.add_instance(cluster.name, self.emulator.options.instance_type)
        record.ec2_instance_id = ec2_instance_id
        return record

    def _instances(self, cluster_name: str) -> list[InstanceRecord]:
        return list(self.container_instances.get(cluster_name, {}).values())

    # --- tasks ------------------------------------------------------------------------------

    def run_tasks(self, request: Mapping[str, Any]) -> tuple[list[TaskRecord], list[Failure]]:
        """Place and start ``count`` tasks; return them and why the others could not be placed."""
        cluster = self._get_cluster(request.get("cluster") or DEFAULT_CLUSTER)
        count = int(request.get("count") or 1)
        if not 1 <= count <= _MOST_TASKS:
            raise InvalidParameterException(
                f"count must be between 1 and {_MOST_TASKS}, but was {count}."
            )
        if request.get("launchType") == "FARGATE":
            raise InvalidParameterException("Task definition does not support launch_type FARGATE.")
        instances = self._instances(cluster.name)
        if not instances:
            raise InvalidParameterException("No Container Instances were found in your cluster.")
        with self.lock:
            return self._once(
                (cluster.name, request.get("clientToken") or uuid.uuid4().hex),
                lambda: self._place_all([instances] * count, cluster, request),
            )

    def start_tasks(self, request: Mapping[str, Any]) -> tuple[list[TaskRecord], list[Failure]]:
        """Start one task on each of the instances named; return them and the failures."""
        cluster = self._get_cluster(request.get("cluster") or DEFAULT_CLUSTER)
        wanted = request.get("containerInstances") or []
        if not wanted:
            raise EcsClientException("Container Instances cannot be empty.")
        known = self.container_instances.get(cluster.name, {})
        ids = [arn.rpartition("/")[2] for arn in wanted]
        missing = [
            Failure(self._arn("container-instance", cluster.name, i), "MISSING")
            for i in ids
            if i not in known
        ]
        with self.lock:
            choices = [[known[i]] for i in ids if i in known]
            tasks, failures = self._place_all(choices, cluster, request)
        return tasks, missing + failures

    def _once(self, token: tuple[str, str], start: Any) -> tuple[list[TaskRecord], list[Failure]]:
        if token in self.tokens:
            return self.tokens[token], []
        tasks, failures = start()
        self.tokens[token] = tasks
        return tasks, failures

    def _place_all(
        self, choices: Iterable[list[InstanceRecord]], cluster: Any, request: Mapping[str, Any]
    ) -> tuple[list[TaskRecord], list[Failure]]:
        registered = self.describe_task_definition(request["taskDefinition"])
        if registered.status != "ACTIVE":
            raise EcsClientException("TaskDefinition is inactive")
        definition = definition_of(
            registered, request.get("overrides"), self.emulator.options.stop_timeout
        )
        needed = required(definition)
        if self.emulator.options.host_ports == "ephemeral":
            needed = without_ports(needed)
        tasks: list[TaskRecord] = []
        failures: list[Failure] = []
        for instances in choices:
            instance, short = place(instances, needed)
            if instance is None:
                failures += short
                continue
            instance.account = instance.account.take(needed)
            instance.pending_tasks_count += 1
            arn = self._arn("task", cluster.name, uuid.uuid4().hex)
            tasks.append(
                TaskRecord(
                    task_arn=arn,
                    cluster_arn=cluster.arn,
                    task_definition_arn=registered.arn,
                    container_instance_arn=instance.container_instance_arn,
                    group=request.get("group") or f"family:{registered.family}",
                    started_by=request.get("startedBy"),
                    overrides=request.get("overrides") or {},
                    tags=request.get("tags") or [],
                    containers=[ContainerRecord.of(c, arn) for c in definition.containers],
                    cpu=registered.cpu or str(needed.cpu),
                    memory=registered.memory or str(needed.memory),
                    definition=definition,
                    taken=needed,
                )
            )
        for task in tasks:
            self.task_records[task.id] = task
            cluster.pending_tasks_count += 1
            self._tell(task)
            self.agent.start(task)
        return tasks, failures

    def find_tasks(
        self, cluster_str: str, names: list[str]
    ) -> tuple[list[TaskRecord], list[Failure]]:
        """Return the tasks of those ids or ARNs, and a failure MISSING for each that is not."""
        cluster = self._get_cluster(cluster_str)
        if not names:
            raise InvalidParameterException("Tasks cannot be empty.")
        found, failures = [], []
        for name in names:
            task = self.task_records.get(name.rpartition("/")[2])
            if task is not None and task.cluster_arn == cluster.arn:
                found.append(task)
            else:
                task_id = name.rpartition("/")[2]
                arn = name if ":" in name else self._arn("task", cluster.name, task_id)
                failures.append(Failure(arn, "MISSING"))
        return found, failures

    def select_tasks(self, request: Mapping[str, Any]) -> list[TaskRecord]:
        """Return the tasks that ListTasks asks for; by default those that shall run."""
        cluster = self._get_cluster(request.get("cluster") or DEFAULT_CLUSTER)
        instance = (request.get("containerInstance") or "").rpartition("/")[2]
        wanted = {
            "cluster_arn": cluster.arn,
            "desired_status": request.get("desiredStatus") or "RUNNING",
        }
        if request.get("startedBy"):
            wanted["started_by"] = request["startedBy"]
        return [
            task
            for task in self.task_records.values()
            if all(getattr(task, name) == value for name, value in wanted.items())
            and task.container_instance_arn.endswith(instance)
            and request.get("family") in {None, task.definition.family}
        ]

    def stop_task(self, cluster_str: str, task_str: str, reason: str | None) -> Any:
        """Ask the agent to stop the task; a second call changes nothing."""
        found, _ = self.find_tasks(cluster_str, [task_str])
        if not found:
            raise InvalidParameterException("The referenced task was not found.")
        task = found[0]
        with self.lock:
            task.ask_to_stop(reason or reasons.STOPPED_BY_USER, reasons.CODE_USER_INITIATED)
            self._tell(task)
        self.agent.stop(task)
        return task

    # --- what the agent reports -------------------------------------------------------------

    def container_changed(self, task: TaskRecord, report: Mapping[str, Any]) -> None:
        """Take over a report about one container, and conclude what it means for the task."""
        container = task.container(report.get("containerName") or "")
        if container is None:
            raise EcsClientException(f"Container {report.get('containerName')} not found.")
        with self.lock:
            container.change(report)
            task.version += 1
            if task.essential_exited():
                task.end_by_itself()
            self._tell(task)

    def health_changed(self, task: TaskRecord, name: str, health: str) -> None:
        """Take over what the agent measured of a container's health."""
        container = task.container(name)
        if container is not None and container.health_status != health:
            container.health_status = health
            self._tell(task)

    def task_changed(self, task: TaskRecord, report: Mapping[str, Any]) -> None:
        """Take over a report about a task; the last one gives its room back to the instance."""
        with self.lock:
            for container in report.get("containers") or ():
                self.container_changed(task, container)
            for member, attribute in _TASK_TIMES.items():
                if report.get(member) is not None:
                    setattr(task, attribute, report[member])
            status = report.get("status") or task.last_status
            if task.last_status not in {"STOPPED", status}:
                self._advance(task, status, report.get("reason") or "")
            task.version += 1
            self._tell(task)

    def _advance(self, task: TaskRecord, status: str, reason: str) -> None:
        cluster = next(c for c in self.clusters.values() if c.arn == task.cluster_arn)
        instance = self._instance_of(task)
        for counted in (cluster, instance):
            attribute = _COUNTERS[task.last_status]
            setattr(counted, attribute, getattr(counted, attribute) - 1)
        task.last_status = status
        if status == "RUNNING":
            task.started_at = task.connectivity_at = now()
        if status == "STOPPED":
            task.end_by_itself(reason)
            task.stopped_at = now()
            instance.account = instance.account.give_back(task.taken)
            return
        for counted in (cluster, instance):
            attribute = _COUNTERS[status]
            setattr(counted, attribute, getattr(counted, attribute) + 1)

    def _instance_of(self, task: TaskRecord) -> InstanceRecord:
        instance_id = task.container_instance_arn.rpartition("/")[2]
        groups = self.container_instances.values()
        instance: InstanceRecord = next(g[instance_id] for g in groups if instance_id in g)
        return instance

    def _tell(self, task: TaskRecord) -> None:
        self.emulator.events.publish("task", **task.snapshot())

    def _arn(self, kind: str, cluster_name: str, last: str) -> str:
        place = f"arn:{self.partition}:ecs:{self.region_name}:{self.account_id}"
        return f"{place}:{kind}/{cluster_name}/{last}"


_COUNTERS = {"PENDING": "pending_tasks_count", "RUNNING": "running_tasks_count"}
_TASK_TIMES = {
    "pullStartedAt": "pull_started_at",
    "pullStoppedAt": "pull_stopped_at",
    "executionStoppedAt": "execution_stopped_at",
}
