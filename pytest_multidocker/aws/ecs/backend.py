"""What the ECS API remembers and decides, in the place of moto's tasks.

Clusters, tags and services stay moto's; a task here is one that the agent runs.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from moto.ecs.exceptions import (
    EcsClientException,
    InvalidParameterException,
    ServiceNotFoundException,
)

from ...ecs import reasons
from ...ecs.accounting import Resources, required, required_without_ports
from ...ecs.definition import TaskDefinition
from .definitions import DefinitionsBackend
from .instances import DEFAULT_CLUSTER
from .launching import TokenInUse, check_request, check_role, is_distinct, tags_of
from .placement import Failure, definition_of, place
from .records import ContainerRecord, InstanceRecord, TaskRecord, now

_MOST_TASKS = 10  # that one RunTask may start

_Placed = tuple[list[TaskRecord], list[Failure]]


class Agent(Protocol):
    """Runs the tasks that have been placed, and stops them."""

    def start(self, task: TaskRecord) -> None:
        """Take the task up."""

    def stop(self, task: TaskRecord) -> None:
        """Stop the task's containers."""

    def discard(self, task: TaskRecord) -> None:
        """Forget the task and remove its containers at once."""


class EcsBackend(DefinitionsBackend):
    """ECS in one account and region."""

    agent: Agent

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.task_records: dict[str, TaskRecord] = {}
        self.tokens: dict[tuple[str, str], tuple[Mapping[str, Any], list[TaskRecord]]] = {}

    def reset(self) -> None:
        """Forget everything, as moto's reset has it; no container of a task outlives its record."""
        with self.lock:
            tasks = list(self.task_records.values())
            super().reset()
        for task in tasks:
            self.agent.discard(task)

    # --- tasks ------------------------------------------------------------------------------

    def run_tasks(self, request: Mapping[str, Any]) -> _Placed:
        """Place and start ``count`` tasks; return them and why the others could not be placed."""
        cluster = self._get_cluster(request["cluster"])
        count = int(1 if request.get("count") is None else request["count"])
        if not 1 <= count <= _MOST_TASKS:
            raise InvalidParameterException(
                f"count must be between 1 and {_MOST_TASKS}, but was {count}."
            )
        check_request(request, cluster)
        instances = self._instances(cluster.name)
        if not instances:
            raise InvalidParameterException("No Container Instances were found in your cluster.")
        with self.lock:
            return self._once(
                cluster.name,
                request,
                lambda: self._place_all([instances] * count, cluster, request),
            )

    def start_tasks(self, request: Mapping[str, Any]) -> _Placed:
        """Start one task on each of the instances named; return them and the failures."""
        cluster = self._get_cluster(request["cluster"])
        check_request(request, cluster)
        ids = [arn.rpartition("/")[2] for arn in request["containerInstances"]]
        with self.lock:
            known = self.container_instances[cluster.name]
            missing = [
                Failure(self._arn("container-instance", cluster.name, i), "MISSING")
                for i in ids
                if i not in known
            ]
            choices = [[known[i]] for i in ids if i in known]
            tasks, failures = self._place_all(choices, cluster, request)
        return tasks, missing + failures

    def _once(
        self, cluster_name: str, request: Mapping[str, Any], start: Callable[[], _Placed]
    ) -> _Placed:
        token = request.get("clientToken")
        if not token:
            return start()
        first, known = self.tokens.get((cluster_name, token), (request, []))
        if first != request:
            raise TokenInUse([task.task_arn for task in known])
        if known:
            return self._copies(known), []
        tasks, failures = start()
        if tasks:
            started = [self.task_records[task.id] for task in tasks]
            self.tokens[cluster_name, token] = (request, started)
        return tasks, failures

    def _place_all(
        self, choices: Iterable[list[InstanceRecord]], cluster: Any, request: Mapping[str, Any]
    ) -> _Placed:
        registered = self.startable(request)
        definition = definition_of(
            registered, request.get("overrides"), self.emulator.options.stop_timeout
        )
        if self.emulator.options.localstack is None:  # which has an IAM of its own
            check_role(definition.task_role_arn, self.account_id, self.partition)
        needed = self._needs(definition)
        group = _group(request, registered)
        tasks: list[TaskRecord] = []
        failures: list[Failure] = []
        for instances in choices:
            barred = self._instances_of(group) if is_distinct(request) else set()
            instance, short = place(instances, needed, barred)
            if instance is None:
                failures += short
                continue
            instance.account = instance.account.take(needed)
            task = self._new_task(cluster, instance, registered, definition, request)
            self.task_records[task.id] = task
            self._count(task, 1)
            tasks.append(task)
        accepted = self._copies(tasks)
        for task in tasks:
            self._tell(task)
            self.agent.start(task)
        return accepted, failures

    def _instances_of(self, group: str) -> set[str]:
        """Return the ARNs of the instances on which a group has tasks."""
        tasks = self.task_records.values()
        return {
            task.container_instance_arn
            for task in tasks
            if task.group == group and task.last_status != "STOPPED"
        }

    def _needs(self, definition: TaskDefinition) -> Resources:
        fixed = self.emulator.options.host_ports == "declared"
        return required(definition) if fixed else required_without_ports(definition)

    def _new_task(
        self,
        cluster: Any,
        instance: InstanceRecord,
        registered: Any,
        definition: TaskDefinition,
        request: Mapping[str, Any],
    ) -> TaskRecord:
        needed = self._needs(definition)
        arn = self._arn("task", cluster.name, uuid.uuid4().hex)
        return TaskRecord(
            task_arn=arn,
            cluster_arn=cluster.arn,
            task_definition_arn=registered.arn,
            container_instance_arn=instance.container_instance_arn,
            group=_group(request, registered),
            started_by=request.get("startedBy"),
            overrides=request.get("overrides") or {},
            tags=tags_of(request, registered, cluster.name),
            containers=[ContainerRecord.of(c, arn) for c in definition.containers],
            cpu=registered.cpu or str(needed.cpu),
            memory=registered.memory or str(needed.memory),
            definition=definition,
            taken=needed,
        )

    def describe(self, cluster_str: str, names: list[str]) -> _Placed:
        """Return the tasks of those ids or ARNs, and a failure MISSING for each that is not."""
        cluster = self._get_cluster(cluster_str)
        with self.lock:
            found = {name: self._find(cluster, name) for name in dict.fromkeys(names)}
            failures = [
                Failure(
                    name
                    if ":" in name
                    else self._arn("task", cluster.name, name.rpartition("/")[2]),
                    "MISSING",
                )
                for name, task in found.items()
                if task is None
            ]
            return self._copies(task for task in found.values() if task is not None), failures

    def task(self, cluster_str: str, name: str) -> TaskRecord:
        """Return the task of that id or ARN; raises ``InvalidParameterException``."""
        task = self._find(self._get_cluster(cluster_str), name)
        if task is None:
            raise InvalidParameterException("The referenced task was not found.")
        return task

    def _find(self, cluster: Any, name: str) -> TaskRecord | None:
        task = self.task_records.get(name.rpartition("/")[2])
        return task if task is not None and task.cluster_arn == cluster.arn else None

    def select_tasks(self, request: Mapping[str, Any]) -> list[TaskRecord]:
        """Return the tasks that ListTasks asks for; by default those that shall run."""
        cluster = self._get_cluster(request["cluster"])
        instance = (request.get("containerInstance") or "").rpartition("/")[2]
        wanted = {
            "cluster_arn": cluster.arn,
            "desired_status": request.get("desiredStatus") or "RUNNING",
        }
        if request.get("startedBy"):
            wanted["started_by"] = request["startedBy"]
        if name := request.get("serviceName"):
            if self.describe_services(cluster.name, [name])[1]:
                raise ServiceNotFoundException
            wanted["group"] = f"service:{name.rpartition('/')[2]}"
        if request.get("daemonName"):
            raise NotImplementedError("it lacks daemons")
        with self.lock:
            return [
                task
                for task in self.task_records.values()
                if all(getattr(task, name) == value for name, value in wanted.items())
                and task.container_instance_arn.endswith(instance)
                and request.get("family") in {None, task.definition.family}
                and request.get("launchType") in {None, task.launch_type}
            ]

    def stop_task(self, cluster_str: str, task_str: str, reason: str | None) -> Any:
        """Ask the agent to stop the task; a second call changes nothing."""
        task = self.task(cluster_str, task_str)
        with self.lock:
            if task.ask_to_stop(reason or reasons.STOPPED_BY_USER, reasons.CODE_USER_INITIATED):
                self._tell(task)
            asked = task.copy()
        self.agent.stop(task)
        return asked

    def _get_resource(self, resource_arn: str, parsed_arn: dict[str, str]) -> Any:
        """Return what has the tags of an ARN; moto knows nothing of tasks and instances of ours."""
        kind, last = parsed_arn["service"], resource_arn.rpartition("/")[2]
        if kind == "task":
            return self.task(parsed_arn.get("cluster_id") or DEFAULT_CLUSTER, resource_arn)
        if kind != "container-instance":
            return super()._get_resource(resource_arn, parsed_arn)
        found = [group[last] for group in self.container_instances.values() if last in group]
        if not found:
            raise EcsClientException("The referenced container instance was not found.")
        return found[0]

    # --- what the agent reports -------------------------------------------------------------

    def container_changed(self, task: TaskRecord, report: Mapping[str, Any]) -> None:
        """Take over a report about one container, and conclude what it means for the task."""
        with self.lock:
            _take_over(task, report)
            task.version += 1
            if task.essential_exited():
                task.end_by_itself()
            self._tell(task)

    def health_changed(self, task_id: str, name: str, health: str) -> None:
        """Take over what the agent measured of a container's health."""
        with self.lock:
            task = self.task_records.get(task_id)
            container = task.container(name) if task is not None else None
            if task is not None and container is not None and container.health_status != health:
                container.health_status = health
                task.version += 1
                self._tell(task)

    def task_changed(self, task: TaskRecord, report: Mapping[str, Any]) -> None:
        """Take over a report about a task; the last one gives its room back to the instance."""
        with self.lock:
            for container in report.get("containers") or ():
                _take_over(task, container)
            if task.essential_exited():
                task.end_by_itself()
            task.take_times(report)
            status = report.get("status") or task.last_status
            if task.may_become(status):
                self._advance(task, status, report.get("reason") or "")
            task.version += 1
            self._tell(task)

    def _advance(self, task: TaskRecord, status: str, reason: str) -> None:
        self._count(task, -1)
        task.last_status = status
        self._count(task, 1)
        if status == "RUNNING":
            task.started_at = task.connectivity_at = now()
        else:
            task.end_by_itself(reason)
            task.stopped_at = now()
            instance = self._instance_of(task)
            instance.account = instance.account.give_back(task.taken)
            if instance.status == "INACTIVE":
                self.agent.discard(task)

    def deregister_container_instance(
        self,
        cluster_str: str,
        container_instance_str: str,
        force: bool,  # noqa: FBT001 - moto's
    ) -> Any:
        """Take an instance out of its cluster; its stopped tasks take their containers with them.

        On AWS they would stay on the machine, which is terminated next.
        """
        gone = super().deregister_container_instance(cluster_str, container_instance_str, force)
        with self.lock:
            left = [
                task
                for task in self.task_records.values()
                if task.container_instance_arn == gone.container_instance_arn
                and task.last_status == "STOPPED"
            ]
        for task in left:
            self.agent.discard(task)
        return gone

    def _tell(self, task: TaskRecord) -> None:
        self.emulator.events.publish("task", **task.snapshot())

    @staticmethod
    def _copies(tasks: Iterable[TaskRecord]) -> list[TaskRecord]:
        return [task.copy() for task in tasks]


def _group(request: Mapping[str, Any], registered: Any) -> str:
    return request.get("group") or f"family:{registered.family}"


def _take_over(task: TaskRecord, report: Mapping[str, Any]) -> None:
    container = task.container(report.get("containerName") or "")
    if container is None:
        raise EcsClientException(f"Container {report.get('containerName')} not found.")
    container.change(report)
