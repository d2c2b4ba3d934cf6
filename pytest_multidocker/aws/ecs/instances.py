"""Clusters and their container instances: what tasks are placed on, and what is left of it."""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from moto.ecs.exceptions import EcsClientException, ECSException, InvalidParameterException
from moto.ecs.models import EC2ContainerServiceBackend

from ...ecs.accounting import Account
from ...ecs.instances import capacity, known_types
from .records import InstanceRecord, TaskRecord

if TYPE_CHECKING:
    from ..emulator import Emulator

DEFAULT_CLUSTER = "default"
_NAME = re.compile(r"[a-zA-Z0-9\-_]{1,255}")
_COUNTERS = {"PENDING": "pending_tasks_count", "RUNNING": "running_tasks_count"}


class InstancesBackend(EC2ContainerServiceBackend):
    """The clusters of one account and region. One, ``default``, is there, with one instance."""

    emulator: Emulator
    container_instances: Any

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.lock = threading.RLock()
        self.deregistered: dict[str, InstanceRecord] = {}
        self.create_cluster(DEFAULT_CLUSTER)
        self.add_instance(DEFAULT_CLUSTER, self.emulator.options.instance_type)

    def create_cluster(self, cluster_name: str, *args: Any, **options: Any) -> Any:
        """Create a cluster, or return the active one of that name as it is.

        Raises ``InvalidParameterException`` for a name of other letters than ECS has.
        """
        if not _NAME.fullmatch(cluster_name):
            raise InvalidParameterException(
                f"Cluster must match ^{_NAME.pattern}$, but was {cluster_name}"
            )
        with self.lock:
            existing = self.clusters.get(cluster_name)
            if existing is not None and existing.status == "ACTIVE":
                return existing
            self.container_instances.setdefault(cluster_name, {})
            return super().create_cluster(cluster_name, *args, **options)

    def delete_cluster(self, cluster_str: str) -> Any:
        """Make a cluster inactive; raises where it still has tasks or instances."""
        cluster = self._get_cluster(cluster_str)
        with self.lock:
            if cluster.pending_tasks_count or cluster.running_tasks_count:
                raise ECSException(
                    "ClusterContainsTasksException",
                    "The Cluster cannot be deleted while Tasks are active.",
                )
            if self._instances(cluster.name):
                raise ECSException(
                    "ClusterContainsContainerInstancesException",
                    "The Cluster cannot be deleted while Container Instances are active or "
                    "draining.",
                )
            return super().delete_cluster(cluster_str)

    def list_clusters(self) -> list[str]:
        """Return the ARNs of the active clusters."""
        return [cluster.arn for cluster in self.clusters.values() if cluster.status == "ACTIVE"]

    def add_instance(self, cluster_name: str, instance_type: str) -> InstanceRecord:
        """Register a container instance with what that instance type has; return its record."""
        room = capacity(instance_type)
        instance_id = uuid.uuid4().hex
        arn = self._arn("container-instance", cluster_name, instance_id)
        record = InstanceRecord(
            container_instance_arn=arn,
            ec2_instance_id=made_up_instance_id(arn),
            instance_type=instance_type,
            account=Account.of(room.cpu, room.memory),
        )
        with self.lock:
            self.container_instances[cluster_name][instance_id] = record
            self.clusters[cluster_name].registered_container_instances_count += 1
        return record

    def register_container_instance(
        self, cluster_str: str, ec2_instance_id: str | None, instance_type: str | None = None
    ) -> Any:
        """Register an instance, of the emulator's instance type unless another is given."""
        cluster = self._get_cluster(cluster_str)
        kind = instance_type or self.emulator.options.instance_type
        if kind not in known_types():
            raise EcsClientException(f"multidocker does not know the instance type {kind}.")
        record = self.add_instance(cluster.name, kind)
        record.ec2_instance_id = ec2_instance_id or record.ec2_instance_id
        return record

    def deregister_container_instance(
        self,
        cluster_str: str,
        container_instance_str: str,
        force: bool,  # noqa: FBT001 - moto's
    ) -> Any:
        """Take an instance out of its cluster; by force too while tasks run on it.

        Such tasks go on, and are reported on, until they stop.
        """
        cluster = self._get_cluster(cluster_str)
        with self.lock:
            instances = self.container_instances[cluster.name]
            record = instances.get(container_instance_str.rpartition("/")[2])
            if record is None:
                raise EcsClientException("The referenced container instance was not found.")
            if not force and record.pending_tasks_count + record.running_tasks_count:
                raise InvalidParameterException("Found running tasks on the instance.")
            del instances[record.id]
            record.status = "INACTIVE"
            self.deregistered[record.id] = record
            cluster.registered_container_instances_count -= 1
        return record

    def empty(self, instance_arn: str) -> Account:
        """Return what an instance has without any task."""
        registered = self._instance(instance_arn).account.registered
        return Account(registered, registered)

    def tags_of(self, task: TaskRecord) -> tuple[dict[str, str], dict[str, str]]:
        """Return the tags of a task and those of its container instance, by their keys."""
        with self.lock:
            found = (task.tags, self._instance_of(task).tags)
        of_task, of_instance = ({tag["key"]: tag["value"] for tag in tags} for tags in found)
        return of_task, of_instance

    def _instances(self, cluster_name: str) -> list[InstanceRecord]:
        return list(self.container_instances[cluster_name].values())

    def _instance_of(self, task: TaskRecord) -> InstanceRecord:
        return self._instance(task.container_instance_arn)

    def _instance(self, arn: str) -> InstanceRecord:
        instance_id = arn.rpartition("/")[2]
        groups: list[Mapping[str, InstanceRecord]] = [*self.container_instances.values()]
        return next(g[instance_id] for g in [*groups, self.deregistered] if instance_id in g)

    def _count(self, task: TaskRecord, change: int) -> None:
        """Count the task, in its last status, on its instance and in its cluster."""
        if (counter := _COUNTERS.get(task.last_status)) is None:
            return
        cluster = next(c for c in self.clusters.values() if c.arn == task.cluster_arn)
        instance = self._instance_of(task)
        for counted in (cluster, instance):
            setattr(counted, counter, getattr(counted, counter) + change)
        instance.version += 1

    def _arn(self, kind: str, cluster_name: str, last: str) -> str:
        place = f"arn:{self.partition}:ecs:{self.region_name}:{self.account_id}"
        return f"{place}:{kind}/{cluster_name}/{last}"


def made_up_instance_id(container_instance_arn: str) -> str:
    """Return the EC2 instance id of a container instance that has no EC2 instance behind it."""
    return f"i-{container_instance_arn.rpartition('/')[2][:17]}"
