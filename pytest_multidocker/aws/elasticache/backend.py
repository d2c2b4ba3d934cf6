"""ElastiCache's clusters and replication groups, with a real Redis behind each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from moto.elasticache.exceptions import (
    CacheClusterAlreadyExists,
    CacheClusterNotFound,
    CacheSubnetGroupNotFound,
    ReplicationGroupAlreadyExists,
    ReplicationGroupNotFound,
)
from moto.elasticache.models import ElastiCacheBackend

from pytest_multidocker.aws.database import DatabaseSpec, ManagedDatabase
from pytest_multidocker.aws.errors import AwsError, invalid_value
from pytest_multidocker.aws.security.known import unknown_groups

from . import container, validation
from .addresses import cluster_address, group_addresses
from .records import CacheCluster, ReplicationGroup

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_multidocker.aws.emulator import Emulator

_DEFAULT_PORT = 6379
_DEFAULT_SUBNETS = "default"


class RedisBackend(ElastiCacheBackend):
    """The clusters and replication groups of one account and region."""

    emulator: Emulator
    cache_clusters: dict[str, CacheCluster]
    replication_groups: dict[str, ReplicationGroup]  # type: ignore[assignment]  # not moto's

    def create_cluster(self, parameters: Mapping[str, Any]) -> CacheCluster:
        """Begin to start a cache cluster."""
        validation.check_cluster(parameters)
        self.check_surroundings(parameters)
        cluster_id = parameters["CacheClusterId"].lower()
        if cluster_id in self.cache_clusters:
            raise CacheClusterAlreadyExists(cluster_id)
        address = cluster_address(cluster_id, self.emulator.run.id, self.region_name)
        cluster = self._cluster(cluster_id, parameters, (address,))
        self._tag(cluster.arn, parameters)
        cluster.database.start()
        return cluster

    def create_group(self, parameters: Mapping[str, Any]) -> ReplicationGroup:
        """Begin to start a replication group: its primary."""
        validation.check_group(parameters)
        self.check_surroundings(parameters)
        group_id = parameters["ReplicationGroupId"].lower()
        if group_id in self.replication_groups:
            raise ReplicationGroupAlreadyExists(group_id)
        addresses = group_addresses(group_id, self.emulator.run.id, self.region_name)
        names = (addresses.primary, addresses.reader, addresses.node)
        group = ReplicationGroup(
            id=group_id,
            arn=self._arn("replicationgroup", group_id),
            description=parameters["ReplicationGroupDescription"],
            primary_address=addresses.primary,
            reader_address=addresses.reader,
            cluster=self._cluster(f"{group_id}-001", parameters, names, group_id),
        )
        self.replication_groups[group_id] = group
        self._tag(group.arn, parameters)
        group.cluster.database.start()
        return group

    def check_surroundings(self, parameters: Mapping[str, Any]) -> None:
        """Raise AwsError for a security group or a subnet group that is not there.

        Every VPC has the subnet group ``default``. The words are not known to be the service's.
        """
        ids = parameters.get("SecurityGroupIds")
        missing = unknown_groups(self.emulator, self.account_id, self.region_name, ids)
        if missing:
            raise invalid_value(f"Some security groups are invalid: {', '.join(missing)}.")
        subnets = parameters.get("CacheSubnetGroupName") or _DEFAULT_SUBNETS
        if subnets not in {_DEFAULT_SUBNETS, *self.cache_subnet_groups}:
            raise CacheSubnetGroupNotFound(subnets)

    def cluster(self, cluster_id: str) -> CacheCluster:
        """Return the cache cluster of this id, in any case; raises CacheClusterNotFound."""
        try:
            return self.cache_clusters[cluster_id.lower()]
        except KeyError:
            raise CacheClusterNotFound(cluster_id) from None

    def group(self, group_id: str) -> ReplicationGroup:
        """Return the replication group of this id; raises ReplicationGroupNotFoundFault."""
        try:
            return self.replication_groups[group_id.lower()]
        except KeyError:
            raise ReplicationGroupNotFound(group_id) from None

    def delete_cluster(self, cluster_id: str) -> CacheCluster:
        """Begin to remove a cache cluster; it is described as `deleting` until it is gone."""
        cluster = self.cluster(cluster_id)
        if cluster.group_id is not None:
            raise AwsError(
                "InvalidCacheClusterState",
                f"Cache cluster {cluster.id} is serving as primary for replication group "
                f"{cluster.group_id} and cannot be deleted.",
            )
        if cluster.database.status == "deleting":
            raise AwsError("InvalidCacheClusterState", f"{cluster.id} is already being deleted.")
        cluster.database.delete()
        return cluster

    def delete_group(self, group_id: str) -> ReplicationGroup:
        """Begin to remove a replication group and its node."""
        group = self.group(group_id)
        if group.cluster.database.status == "deleting":
            raise AwsError("InvalidReplicationGroupState", f"{group.id} is already being deleted.")
        group.cluster.database.delete()
        return group

    def reset(self) -> None:
        """Remove all clusters: moto's `/moto-api/reset`."""
        for cluster in list(self.cache_clusters.values()):
            cluster.database.delete()
        super().reset()

    def _cluster(
        self,
        cluster_id: str,
        parameters: Mapping[str, Any],
        addresses: tuple[str, ...],
        group_id: str | None = None,
    ) -> CacheCluster:
        version = validation.engine_version(parameters)
        cluster = CacheCluster(
            id=cluster_id,
            arn=self._arn("cluster", cluster_id),
            node_address=addresses[-1],
            node_type=parameters["CacheNodeType"],
            engine_version=version,
            security_groups=parameters.get("SecurityGroupIds") or [],
            subnet_group=parameters.get("CacheSubnetGroupName"),
            zone=parameters.get("PreferredAvailabilityZone") or f"{self.region_name}a",
            group_id=group_id,
            database=ManagedDatabase(
                self.emulator,
                _spec(group_id or cluster_id, addresses, parameters, version),
                lambda: self._forget(cluster),
            ),
        )
        self.cache_clusters[cluster_id] = cluster
        return cluster

    def _forget(self, cluster: CacheCluster) -> None:
        if self.cache_clusters.get(cluster.id) is cluster:
            del self.cache_clusters[cluster.id]
            self.tagging_service.delete_all_tags_for_resource(cluster.arn)
        group = self.replication_groups.get(cluster.group_id or "")
        if group is not None and group.cluster is cluster:
            del self.replication_groups[group.id]
            self.tagging_service.delete_all_tags_for_resource(group.arn)

    def _arn(self, kind: str, name: str) -> str:
        return (
            f"arn:{self.partition}:elasticache:{self.region_name}:{self.account_id}:{kind}:{name}"
        )

    def _tag(self, arn: str, parameters: Mapping[str, Any]) -> None:
        self.tagging_service.tag_resource(arn, parameters.get("Tags") or [])


def _spec(
    name: str, addresses: tuple[str, ...], parameters: Mapping[str, Any], version: str
) -> DatabaseSpec:
    port = parameters.get("Port") or _DEFAULT_PORT
    return DatabaseSpec(
        id=name,
        engine="redis",
        addresses=addresses,
        port=port,
        version=validation.image_version(version),
        build=partial(container.build, port),
        answers=container.answers,
    )
