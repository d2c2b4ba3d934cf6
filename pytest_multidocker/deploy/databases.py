"""The managed databases: an RDS instance or an ElastiCache cluster for each that is declared."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import DeployError
from .account import Account
from .network import SecurityGroup, group_id
from .ownership import tags, unless_made_for
from .step import Step, Tell

if TYPE_CHECKING:
    from ..project.settings import ElastiCacheSettings, RdsSettings

_TIMEOUT = 1800.0
"""Seconds that AWS may take to create a database, or to remove it."""

_ENDED = {"failed", "restore-failed", "create-failed", "incompatible-parameters"}


class Database(Step):
    """What the two kinds have in common: created once, waited for, deleted once."""

    kind: ClassVar[str]

    def __init__(
        self,
        account: Account,
        group: SecurityGroup,
        identifier: str,
        groups: Sequence[str] | None,
        application: str,
    ) -> None:
        self.title = f"{self.kind} {identifier}"
        self._identifier = identifier
        self._account = account
        self._group = group
        self._named_groups = groups
        self._application = application
        self.needs = (group,)

    def is_there(self) -> bool:
        """Tell whether it is there, in whatever state."""
        return self._find() is not None

    def kept(self) -> str | None:
        """Return why it stays, if the deploy has not made it."""
        return unless_made_for(self._application, self._tags())

    def deploy(self, tell: Tell) -> None:
        """Create it, wait until it is available, and have it in its security groups."""
        if self._state() == "deleting":
            self._await_gone()
        groups = self._wanted_groups()
        if not self.is_there():
            self._create(groups)
            tell("creating")
        what = f"{self._identifier} should have become available"
        self._account.until(what, self._available, timeout=_TIMEOUT)
        actual = self._groups()
        if missing := [group for group in groups if group not in actual]:
            self._set_groups([*actual, *missing])
            tell(f"joined {', '.join(missing)}")
        tell("available at {}:{}".format(*self.endpoint()))

    def destroy(self, tell: Tell) -> None:
        """Delete it and wait until it is gone."""
        if not self.is_there():
            return
        if self._state() != "deleting":
            # One that is still being created cannot be deleted yet.
            what = f"{self._identifier} should have become ready to be deleted"
            self._account.until(what, self._deletable, timeout=_TIMEOUT)
            self._delete()
        self._await_gone()
        tell("deleted")

    def leave(self) -> None:
        """Take it out of the security group, which could not be deleted otherwise."""
        if not self._group.is_there() or self._group.id not in (groups := self._groups()):
            return
        if others := [group for group in groups if group != self._group.id]:
            self._set_groups(others)

    def references(self) -> dict[str, str | int]:
        """Return what ``${KIND.ID.…}`` in environment properties stands for."""
        address, port = self.endpoint()
        found = {"address": address, "port": port, **self._secrets()}
        return {f"{self.kind.lower()}.{self._identifier}.{name}": v for name, v in found.items()}

    @abstractmethod
    def endpoint(self) -> tuple[str, int]:
        """Return address and port, once it is available."""

    @abstractmethod
    def _find(self) -> dict[str, Any] | None: ...

    @abstractmethod
    def _state(self) -> str: ...

    @abstractmethod
    def _groups(self) -> list[str]: ...

    @abstractmethod
    def _tags(self) -> Sequence[Mapping[str, str]]: ...

    @abstractmethod
    def _create(self, groups: Sequence[str]) -> None: ...

    @abstractmethod
    def _set_groups(self, groups: Sequence[str]) -> None: ...

    @abstractmethod
    def _delete(self) -> None: ...

    def _wanted_groups(self) -> list[str]:
        if self._named_groups is None:
            return [self._group.id]
        return [group_id(self._account, name) for name in self._named_groups]

    def _secrets(self) -> dict[str, str | int]:
        return {}

    def _available(self) -> bool | None:
        state = self._state()
        if state in _ENDED:
            raise DeployError(f"it came up as '{state}'. Destroy it, and look at its settings.")
        return True if state == "available" else None

    def _deletable(self) -> bool | None:
        return True if self._state() in {"available", "", *_ENDED} else None

    def _await_gone(self) -> None:
        self._account.until_gone(self._identifier, self.is_there, timeout=_TIMEOUT)


class RdsInstance(Database):
    """A PostgreSQL instance of RDS."""

    kind = "RDS"

    def __init__(
        self, account: Account, group: SecurityGroup, settings: RdsSettings, application: str
    ) -> None:
        super().__init__(account, group, settings.identifier, settings.security_groups, application)
        self._settings = settings
        self._rds = account.client("rds")

    def endpoint(self) -> tuple[str, int]:
        """Return address and port, once it is available."""
        endpoint = (self._find() or {})["Endpoint"]
        return endpoint["Address"], endpoint["Port"]

    def _find(self) -> dict[str, Any] | None:
        try:
            found = self._rds.describe_db_instances(DBInstanceIdentifier=self._identifier)
        except self._rds.exceptions.DBInstanceNotFoundFault:
            return None
        return dict(found["DBInstances"][0])

    def _state(self) -> str:
        return str((self._find() or {}).get("DBInstanceStatus", ""))

    def _groups(self) -> list[str]:
        groups = (self._find() or {}).get("VpcSecurityGroups", ())
        return [group["VpcSecurityGroupId"] for group in groups]

    def _create(self, groups: Sequence[str]) -> None:
        self._rds.create_db_instance(
            DBInstanceIdentifier=self._identifier,
            DBInstanceClass="db.t3.micro",
            Engine="postgres",
            EngineVersion=self._settings.engine_version,
            MasterUsername=self._settings.user,
            MasterUserPassword=self._settings.password,
            DBName=self._settings.database,
            Port=self._settings.port,
            AllocatedStorage=20,
            PubliclyAccessible=False,
            Tags=tags(self._application),
            **({"VpcSecurityGroupIds": groups} if groups else {}),
        )

    def _tags(self) -> Sequence[Mapping[str, str]]:
        found: Sequence[Mapping[str, str]] = (self._find() or {}).get("TagList", ())
        return found

    def _set_groups(self, groups: Sequence[str]) -> None:
        self._rds.modify_db_instance(
            DBInstanceIdentifier=self._identifier,
            VpcSecurityGroupIds=groups,
            ApplyImmediately=True,
        )

    def _delete(self) -> None:
        self._rds.delete_db_instance(DBInstanceIdentifier=self._identifier, SkipFinalSnapshot=True)

    def _secrets(self) -> dict[str, str | int]:
        settings = self._settings
        return {
            "user": settings.user,
            "password": settings.password,
            "database": settings.database,
        }


class _Redis(Database):
    """What a cluster and a replication group of ElastiCache have in common."""

    kind = "ElastiCache"

    def __init__(
        self,
        account: Account,
        group: SecurityGroup,
        settings: ElastiCacheSettings,
        application: str,
    ) -> None:
        super().__init__(account, group, settings.identifier, settings.security_groups, application)
        self._settings = settings
        self._elasticache = account.client("elasticache")

    def _tags(self) -> Sequence[Mapping[str, str]]:
        if (cache := self._find()) is None:
            return ()
        found = self._elasticache.list_tags_for_resource(ResourceName=cache["ARN"])
        listed: Sequence[Mapping[str, str]] = found.get("TagList", ())
        return listed

    def _described(self, groups: Sequence[str]) -> dict[str, Any]:
        """Return what is said of both when they are created; no list of groups may be empty."""
        return {
            "Engine": "redis",
            "EngineVersion": self._settings.engine_version,
            "CacheNodeType": self._settings.node_type,
            "Port": self._settings.port,
            "Tags": tags(self._application),
            **({"SecurityGroupIds": groups} if groups else {}),
        }


class RedisCluster(_Redis):
    """A Redis cluster of ElastiCache with one node."""

    def endpoint(self) -> tuple[str, int]:
        """Return address and port, once it is available."""
        endpoint = (self._find() or {})["CacheNodes"][0]["Endpoint"]
        return endpoint["Address"], endpoint["Port"]

    def _find(self) -> dict[str, Any] | None:
        try:
            found = self._elasticache.describe_cache_clusters(
                CacheClusterId=self._identifier, ShowCacheNodeInfo=True
            )
        except self._elasticache.exceptions.CacheClusterNotFoundFault:
            return None
        return dict(found["CacheClusters"][0])

    def _state(self) -> str:
        return str((self._find() or {}).get("CacheClusterStatus", ""))

    def _groups(self) -> list[str]:
        return _groups_of(self._find() or {})

    def _create(self, groups: Sequence[str]) -> None:
        self._elasticache.create_cache_cluster(
            CacheClusterId=self._identifier, NumCacheNodes=1, **self._described(groups)
        )

    def _set_groups(self, groups: Sequence[str]) -> None:
        self._elasticache.modify_cache_cluster(
            CacheClusterId=self._identifier, SecurityGroupIds=groups, ApplyImmediately=True
        )

    def _delete(self) -> None:
        self._elasticache.delete_cache_cluster(CacheClusterId=self._identifier)


class RedisGroup(_Redis):
    """A Redis replication group of ElastiCache: a primary node and its replicas."""

    def endpoint(self) -> tuple[str, int]:
        """Return address and port of the primary node, once it is available."""
        endpoint = (self._find() or {})["NodeGroups"][0]["PrimaryEndpoint"]
        return endpoint["Address"], endpoint["Port"]

    def _find(self) -> dict[str, Any] | None:
        try:
            found = self._elasticache.describe_replication_groups(
                ReplicationGroupId=self._identifier
            )
        except self._elasticache.exceptions.ReplicationGroupNotFoundFault:
            return None
        return dict(found["ReplicationGroups"][0])

    def _state(self) -> str:
        return str((self._find() or {}).get("Status", ""))

    def _groups(self) -> list[str]:
        # Those of its nodes: the API does not tell them of the group itself.
        first = next(iter((self._find() or {}).get("MemberClusters", ())), None)
        if first is None:
            return []
        described = self._elasticache.describe_cache_clusters(CacheClusterId=first)
        return _groups_of(described["CacheClusters"][0])

    def _create(self, groups: Sequence[str]) -> None:
        self._elasticache.create_replication_group(
            ReplicationGroupId=self._identifier,
            ReplicationGroupDescription="declared in [tool.multidocker.elasticache]",
            NumCacheClusters=1 + self._settings.replicas,
            **self._described(groups),
        )

    def _set_groups(self, groups: Sequence[str]) -> None:
        self._elasticache.modify_replication_group(
            ReplicationGroupId=self._identifier, SecurityGroupIds=groups, ApplyImmediately=True
        )

    def _delete(self) -> None:
        self._elasticache.delete_replication_group(ReplicationGroupId=self._identifier)


def _groups_of(cluster: Mapping[str, Any]) -> list[str]:
    return [group["SecurityGroupId"] for group in cluster.get("SecurityGroups", ())]


def redis(
    account: Account, group: SecurityGroup, settings: ElastiCacheSettings, application: str
) -> Database:
    """Return the step for a Redis that is declared: with replicas it is a replication group."""
    kind = RedisGroup if settings.replicas else RedisCluster
    return kind(account, group, settings, application)
