"""The ElastiCache operations that RedisBackend serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from moto.core.responses import ActionResult, PaginatedResult
from moto.elasticache.responses import ElastiCacheResponse

from pytest_multidocker.aws.requests.checked import Checked

if TYPE_CHECKING:
    from .backend import RedisBackend

#: What ModifyCacheCluster and ModifyReplicationGroup record; all else would change the real Redis.
_RECORDED = frozenset(
    {
        "ApplyImmediately",
        "CacheClusterId",
        "CacheNodeType",
        "ReplicationGroupDescription",
        "ReplicationGroupId",
        "SecurityGroupIds",
    }
)


class RedisResponse(Checked, ElastiCacheResponse):
    """Parses and answers; RedisBackend does the work."""

    elasticache_backend: RedisBackend

    def create_cache_cluster(self) -> ActionResult:
        """Answer CreateCacheCluster."""
        cluster = self.elasticache_backend.create_cluster(self.params)
        return ActionResult({"CacheCluster": cluster.describe(with_nodes=False)})

    def describe_cache_clusters(self) -> ActionResult:
        """Answer DescribeCacheClusters."""
        backend, cluster_id = self.elasticache_backend, self.params.get("CacheClusterId")
        clusters = [backend.cluster(cluster_id)] if cluster_id else backend.cache_clusters.values()
        if self.params.get("ShowCacheClustersNotInReplicationGroups"):
            clusters = [cluster for cluster in clusters if cluster.group_id is None]
        with_nodes = bool(self.params.get("ShowCacheNodeInfo"))
        shapes = [cluster.describe(with_nodes=with_nodes) for cluster in list(clusters)]
        return PaginatedResult({"CacheClusters": shapes})

    def modify_cache_cluster(self) -> ActionResult:
        """Answer ModifyCacheCluster."""
        self._refuse_changes()
        cluster = self.elasticache_backend.cluster(self.params["CacheClusterId"])
        self.elasticache_backend.check_surroundings(self.params)
        _record(cluster, self.params)
        return ActionResult({"CacheCluster": cluster.describe(with_nodes=False)})

    def delete_cache_cluster(self) -> ActionResult:
        """Answer DeleteCacheCluster."""
        self._refuse_snapshot()
        cluster = self.elasticache_backend.delete_cluster(self.params["CacheClusterId"])
        return ActionResult({"CacheCluster": cluster.describe(with_nodes=False)})

    def create_replication_group(self) -> ActionResult:
        """Answer CreateReplicationGroup."""
        group = self.elasticache_backend.create_group(self.params)
        return ActionResult({"ReplicationGroup": group.describe()})

    def describe_replication_groups(self) -> ActionResult:
        """Answer DescribeReplicationGroups."""
        backend, group_id = self.elasticache_backend, self.params.get("ReplicationGroupId")
        groups = [backend.group(group_id)] if group_id else backend.replication_groups.values()
        return PaginatedResult({"ReplicationGroups": [group.describe() for group in list(groups)]})

    def modify_replication_group(self) -> ActionResult:
        """Answer ModifyReplicationGroup."""
        self._refuse_changes()
        group = self.elasticache_backend.group(self.params["ReplicationGroupId"])
        self.elasticache_backend.check_surroundings(self.params)
        group.description = self.params.get("ReplicationGroupDescription", group.description)
        _record(group.cluster, self.params)
        return ActionResult({"ReplicationGroup": group.describe()})

    def delete_replication_group(self) -> ActionResult:
        """Answer DeleteReplicationGroup."""
        self._refuse_snapshot()
        if self.params.get("RetainPrimaryCluster"):
            raise NotImplementedError("RetainPrimaryCluster")
        group = self.elasticache_backend.delete_group(self.params["ReplicationGroupId"])
        return ActionResult({"ReplicationGroup": group.describe()})

    def create_snapshot(self) -> NoReturn:
        """Refuse: moto would only note that there is one."""
        raise NotImplementedError("snapshots are not taken")

    def _refuse_changes(self) -> None:
        refused = sorted(self.params.keys() - _RECORDED)
        if refused:
            raise NotImplementedError(f"changing {', '.join(refused)} of a running Redis")

    def _refuse_snapshot(self) -> None:
        if self.params.get("FinalSnapshotIdentifier"):
            raise NotImplementedError("FinalSnapshotIdentifier: snapshots are not taken")


def _record(cluster: Any, parameters: dict[str, Any]) -> None:
    cluster.security_groups = parameters.get("SecurityGroupIds", cluster.security_groups)
    cluster.node_type = parameters.get("CacheNodeType", cluster.node_type)
