"""What ElastiCache describes: a cache cluster of one node, and a replication group around one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_multidocker.aws.database import ManagedDatabase

_NODE_ID = "0001"
_FAILED_CLUSTER = "restore-failed"  # the state that ends the waiter cache_cluster_available
_FAILED_GROUP = "create-failed"


@dataclass
class CacheCluster:
    """A cache cluster; `node_address` is that of its only node."""

    id: str
    arn: str
    node_address: str
    node_type: str
    engine_version: str
    security_groups: list[str]
    subnet_group: str | None
    zone: str
    group_id: str | None
    database: ManagedDatabase
    created: datetime = field(default_factory=lambda: datetime.now(timezone.utc))

    @property
    def status(self) -> str:
        """ElastiCache's word for the state of the real Redis."""
        status = self.database.status
        return _FAILED_CLUSTER if status == "failed" else status

    def describe(self, *, with_nodes: bool) -> dict[str, Any]:
        """Return the API's CacheCluster, with its CacheNodes if asked for."""
        major = self.engine_version.partition(".")[0]
        shape = {
            "CacheClusterId": self.id,
            "ARN": self.arn,
            "CacheClusterStatus": self.status,
            "CacheClusterCreateTime": self.created,
            "CacheNodeType": self.node_type,
            "Engine": "redis",
            "EngineVersion": self.engine_version,
            "NumCacheNodes": 1,
            "PreferredAvailabilityZone": self.zone,
            "CacheParameterGroup": {
                "CacheParameterGroupName": f"default.redis{major}",
                "ParameterApplyStatus": "in-sync",
            },
            "CacheSubnetGroupName": self.subnet_group,
            "SecurityGroups": [
                {"SecurityGroupId": group, "Status": "active"} for group in self.security_groups
            ],
            "ReplicationGroupId": self.group_id,
            "AuthTokenEnabled": False,
            "TransitEncryptionEnabled": False,
            "AtRestEncryptionEnabled": False,
        }
        if with_nodes:
            shape["CacheNodes"] = [self._node()]
        return shape

    def endpoint(self, address: str) -> dict[str, Any] | None:
        """Return the API's Endpoint of this address: none while it is being created."""
        if self.database.status == "creating":
            return None
        return {"Address": address, "Port": self.database.spec.port}

    def _node(self) -> dict[str, Any]:
        return {
            "CacheNodeId": _NODE_ID,
            "CacheNodeStatus": self.status,
            "CacheNodeCreateTime": self.created,
            "Endpoint": self.endpoint(self.node_address),
            "ParameterGroupStatus": "in-sync",
            "CustomerAvailabilityZone": self.zone,
        }


@dataclass
class ReplicationGroup:
    """A replication group of one node, the primary."""

    id: str
    arn: str
    description: str
    primary_address: str
    reader_address: str
    cluster: CacheCluster

    def describe(self) -> dict[str, Any]:
        """Return the API's ReplicationGroup."""
        cluster = self.cluster
        status = cluster.database.status
        primary = cluster.endpoint(self.primary_address)
        reader = cluster.endpoint(self.reader_address)
        member = {
            "CacheClusterId": cluster.id,
            "CacheNodeId": _NODE_ID,
            "ReadEndpoint": cluster.endpoint(cluster.node_address),
            "PreferredAvailabilityZone": cluster.zone,
            "CurrentRole": "primary",
        }
        group = {"NodeGroupId": "0001", "Status": status, "NodeGroupMembers": [member]}
        return {
            "ReplicationGroupId": self.id,
            "ARN": self.arn,
            "Description": self.description,
            "Status": _FAILED_GROUP if status == "failed" else status,
            "MemberClusters": [cluster.id],
            "NodeGroups": [{**group, "PrimaryEndpoint": primary, "ReaderEndpoint": reader}],
            "AutomaticFailover": "disabled",
            "MultiAZ": "disabled",
            "ClusterEnabled": False,
            "CacheNodeType": cluster.node_type,
            "AuthTokenEnabled": False,
            "TransitEncryptionEnabled": False,
            "AtRestEncryptionEnabled": False,
        }
