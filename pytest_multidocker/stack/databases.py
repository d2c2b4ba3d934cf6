"""The managed databases of a stack: RDS instances and ElastiCache clusters with real servers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..errors import StackError

if TYPE_CHECKING:
    from ..project.settings import ElastiCacheSettings, RdsSettings, Settings
    from .platform import Platform

_TIMEOUT = 120.0  # seconds until a database has to be available


@dataclass(frozen=True)
class RdsDatabase:
    """A PostgreSQL instance of RDS.

    ``host`` and ``port`` lead to it from this machine, ``address`` and ``rds_port`` are what AWS
    gives and what tasks use.
    """

    identifier: str
    address: str
    rds_port: int
    host: str
    port: int
    user: str
    password: str
    database: str

    @property
    def dsn(self) -> str:
        """The URL for a PostgreSQL client on this machine."""
        user, password = quote(self.user, safe=""), quote(self.password, safe="")
        return f"postgresql://{user}:{password}@{self.host}:{self.port}/{self.database}"

    def references(self) -> dict[str, str | int]:
        """Return what ``${rds.ID.…}`` in environment properties stands for."""
        values: dict[str, str | int] = {
            "address": self.address,
            "port": self.rds_port,
            "user": self.user,
            "password": self.password,
            "database": self.database,
        }
        return {f"rds.{self.identifier}.{name}": value for name, value in values.items()}


@dataclass(frozen=True)
class ElastiCacheCluster:
    """A Redis cluster of ElastiCache; the members are those of :class:`RdsDatabase`."""

    identifier: str
    address: str
    elasticache_port: int
    host: str
    port: int

    @property
    def url(self) -> str:
        """The URL for a Redis client on this machine."""
        return f"redis://{self.host}:{self.port}/0"

    def references(self) -> dict[str, str | int]:
        """Return what ``${elasticache.ID.…}`` in environment properties stands for."""
        prefix = f"elasticache.{self.identifier}"
        return {f"{prefix}.address": self.address, f"{prefix}.port": self.elasticache_port}


class Databases:
    """Creates what the settings declare, through the AWS API, and waits until it is available.

    One that is there already, created by another worker of the same run, is shared. ``suffix`` goes
    behind the declared identifiers, for databases that are there besides.
    """

    def __init__(self, platform: Platform, settings: Settings, suffix: str = "") -> None:
        self._platform = platform
        self._settings = settings
        self._suffix = suffix
        self.rds: dict[str, RdsDatabase] = {}
        self.elasticache: dict[str, ElastiCacheCluster] = {}

    def start(self) -> None:
        """Create all, wait for all; raises :class:`StackError` for one that does not come up."""
        with self._platform.asking():
            self._start()

    def _start(self) -> None:
        for rds in self._settings.rds.values():
            self._create_rds(rds)
        for cache in self._settings.elasticache.values():
            self._create_elasticache(cache)
        for identifier in [*self._settings.rds, *self._settings.elasticache]:
            self._wait(identifier + self._suffix)
        found = self._endpoints()
        for name, rds in self._settings.rds.items():
            self.rds[name] = _rds(rds, found[name + self._suffix])
        for name, cache in self._settings.elasticache.items():
            self.elasticache[name] = _cache(cache, found[name + self._suffix])

    def delete(self) -> None:
        """Begin to delete all of them; the end of the run need not be waited for."""
        with self._platform.asking():
            self._delete()

    def _delete(self) -> None:
        rds, elasticache = (self._platform.session.client(n) for n in ("rds", "elasticache"))
        for name in self.rds:
            rds.delete_db_instance(DBInstanceIdentifier=name + self._suffix, SkipFinalSnapshot=True)
        for name in self.elasticache:
            elasticache.delete_cache_cluster(CacheClusterId=name + self._suffix)

    def references(self) -> dict[str, str | int]:
        """Return all that environment properties may refer to."""
        known: dict[str, str | int] = {}
        for rds in self.rds.values():
            known.update(rds.references())
        for cache in self.elasticache.values():
            known.update(cache.references())
        return known

    def _create_rds(self, settings: RdsSettings) -> None:
        client = self._platform.session.client("rds")
        try:
            client.create_db_instance(
                DBInstanceIdentifier=settings.identifier + self._suffix,
                DBInstanceClass="db.t3.micro",
                Engine="postgres",
                EngineVersion=settings.engine_version,
                MasterUsername=settings.user,
                MasterUserPassword=settings.password,
                DBName=settings.database,
                Port=settings.port,
                AllocatedStorage=20,
            )
        except client.exceptions.DBInstanceAlreadyExistsFault:
            return
        except client.exceptions.ClientError as error:
            raise StackError(_refused(f"rds.{settings.identifier}", error)) from error

    def _create_elasticache(self, settings: ElastiCacheSettings) -> None:
        if settings.replicas:
            raise StackError(
                f"[tool.multidocker.elasticache.{settings.identifier}]: replicas are for a deploy "
                "to AWS, and not emulated. Leave 'replicas' out to run the project here."
            )
        client = self._platform.session.client("elasticache")
        try:
            client.create_cache_cluster(
                CacheClusterId=settings.identifier + self._suffix,
                Engine="redis",
                EngineVersion=settings.engine_version,
                CacheNodeType=settings.node_type,
                NumCacheNodes=1,
                Port=settings.port,
            )
        except client.exceptions.CacheClusterAlreadyExistsFault:
            return
        except client.exceptions.ClientError as error:
            raise StackError(_refused(f"elasticache.{settings.identifier}", error)) from error

    def _wait(self, identifier: str) -> None:
        monitor = self._platform.monitor

        def settled() -> bool:
            state = monitor.database(identifier)
            return state is not None and state.state in {"available", "failed", "deleted"}

        monitor.wait(settled, _TIMEOUT)
        state = monitor.database(identifier)
        if state is None or state.state != "available":
            cause = state.cause if state and state.cause else f"not available in {_TIMEOUT:g} s"
            raise StackError(f"The database {identifier} did not come up: {cause}")

    def _endpoints(self) -> dict[str, Mapping[str, Any]]:
        import json

        from ..local import open_directly

        url = f"{self._platform.emulator.endpoint_url}/_multidocker/endpoints"
        with open_directly(url, timeout=10) as answer:
            endpoints = json.load(answer)["endpoints"]
        return {endpoint["id"]: endpoint for endpoint in reversed(endpoints)}


def _rds(settings: RdsSettings, endpoint: Mapping[str, Any]) -> RdsDatabase:
    return RdsDatabase(
        identifier=settings.identifier,
        address=endpoint["address"],
        rds_port=endpoint["port"],
        host=endpoint["host"],
        port=endpoint["host_port"],
        user=settings.user,
        password=settings.password,
        database=settings.database,
    )


def _cache(settings: ElastiCacheSettings, endpoint: Mapping[str, Any]) -> ElastiCacheCluster:
    return ElastiCacheCluster(
        identifier=settings.identifier,
        address=endpoint["address"],
        elasticache_port=endpoint["port"],
        host=endpoint["host"],
        port=endpoint["host_port"],
    )


def _refused(table: str, error: Any) -> str:
    message = error.response["Error"]["Message"]
    return f"AWS refuses [tool.multidocker.{table}]: {message}"
