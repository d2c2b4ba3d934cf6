"""What the gatekeeper has to know of the account: groups, databases and instances, over the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..ecs.instances import made_up_instance_id
from .groups import Group

if TYPE_CHECKING:
    from ..emulator import Emulator


@dataclass(frozen=True)
class Instance:
    """An EC2 instance: the ids of its groups, and its private address."""

    groups: tuple[str, ...]
    address: str


class Surroundings:
    """Asks the emulator's own API, in the region of an ARN."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._clients: dict[tuple[str, str], Any] = {}

    def instance(self, container_instance_arn: str) -> Instance | None:
        """Return the EC2 instance behind a container instance; ``None`` where there is none."""
        region = container_instance_arn.split(":")[3]
        cluster = container_instance_arn.split("/")[-2]
        described = self._client("ecs", region).describe_container_instances(
            cluster=cluster, containerInstances=[container_instance_arn]
        )["containerInstances"]
        if not described:
            return None
        ec2_id = described[0]["ec2InstanceId"]
        if ec2_id == made_up_instance_id(container_instance_arn):
            return None
        ec2 = self._client("ec2", region)
        filters = [{"Name": "instance-id", "Values": [ec2_id]}]
        for reservation in ec2.describe_instances(Filters=filters)["Reservations"]:
            for found in reservation["Instances"]:
                groups = tuple(group["GroupId"] for group in found["SecurityGroups"])
                return Instance(groups, found.get("PrivateIpAddress", "0.0.0.0"))  # noqa: S104
        return None

    def groups_of(self, kind: str, identifier: str, region: str) -> list[Group]:
        """Return the security groups of a database; the VPC's default group where it has none."""
        ids = self._group_ids(kind, identifier, region)
        ec2 = self._client("ec2", region)
        if ids:
            filters = [{"Name": "group-id", "Values": list(ids)}]
        else:
            filters = [{"Name": "group-name", "Values": ["default"]}]
        found = ec2.describe_security_groups(Filters=filters)["SecurityGroups"]
        return [Group.of(described) for described in found]

    def _group_ids(self, kind: str, identifier: str, region: str) -> Sequence[str]:
        if kind == "postgres":
            rds = self._client("rds", region)
            (found,) = rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
            return [group["VpcSecurityGroupId"] for group in found["VpcSecurityGroups"]]
        elasticache = self._client("elasticache", region)
        clusters = elasticache.describe_cache_clusters()["CacheClusters"]
        return [
            group["SecurityGroupId"]
            for cluster in clusters
            if identifier in {cluster["CacheClusterId"], cluster.get("ReplicationGroupId")}
            for group in cluster.get("SecurityGroups", ())
        ]

    def _client(self, service: str, region: str) -> Any:
        from botocore.config import Config

        from ...emulator_session import EmulatorSession

        key = (service, region)
        if key not in self._clients:
            url = self._emulator.endpoint_url
            self._clients[key] = EmulatorSession(url, region, "multidocker-security").client(
                service, config=Config(retries={"total_max_attempts": 1}, read_timeout=10)
            )
        return self._clients[key]
