"""What ElastiCache refuses for Redis, in its words, and what is not emulated.

Source: the parameters' constraints in the ElastiCache API reference,
https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheCluster.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pytest_multidocker.aws.errors import invalid_value

if TYPE_CHECKING:
    from collections.abc import Mapping

_IDENTIFIER = re.compile(r"(?!.*--)[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_MAX_CLUSTER_ID, _MAX_GROUP_ID = 50, 40
_NODE_TYPE = re.compile(r"cache\.[a-z0-9-]+\.[a-z0-9-]+")
_MIN_PORT, _MAX_PORT = 1150, 65535
_DEFAULT_VERSION = "7.1"

#: What would need more than one node, or a Redis that is set up otherwise than ours.
_NOT_EMULATED = (
    "AuthToken",
    "GlobalReplicationGroupId",
    "NodeGroupConfiguration",
    "PrimaryClusterId",
    "SnapshotArns",
    "SnapshotName",
    "TransitEncryptionEnabled",
    "AutomaticFailoverEnabled",
    "MultiAZEnabled",
)


def check_cluster(parameters: Mapping[str, Any]) -> None:
    """Raise AwsError for what ElastiCache refuses in CreateCacheCluster."""
    _check_identifier("CacheClusterId", parameters["CacheClusterId"], _MAX_CLUSTER_ID)
    if parameters.get("ReplicationGroupId"):
        raise NotImplementedError("a further node of a replication group")
    nodes = parameters.get("NumCacheNodes")
    if nodes is not None and nodes != 1:
        raise invalid_value(
            "Cannot create a Redis cluster with a NumCacheNodes parameter greater than 1."
        )
    _check_common(parameters)


def check_group(parameters: Mapping[str, Any]) -> None:
    """Raise AwsError for what ElastiCache refuses in CreateReplicationGroup."""
    _check_identifier("ReplicationGroupId", parameters["ReplicationGroupId"], _MAX_GROUP_ID)
    for name, alone in (("NumCacheClusters", 1), ("NumNodeGroups", 1), ("ReplicasPerNodeGroup", 0)):
        if parameters.get(name, alone) != alone:
            raise NotImplementedError(
                f"{name}={parameters[name]}: replication groups have one node, the primary, here"
            )
    _check_common(parameters)


def engine_version(parameters: Mapping[str, Any]) -> str:
    """Return the engine version as asked for, or ElastiCache's default."""
    return str(parameters.get("EngineVersion") or _DEFAULT_VERSION)


def image_version(version: str) -> str:
    """Return the version of Redis for an engine version of ElastiCache.

    From 6 on, ElastiCache numbers its minor versions itself: 6.x, and 7.1, which Redis never had.
    """
    major = version.partition(".")[0]
    return version if major.isdecimal() and int(major) < 6 else major  # noqa: PLR2004


def _check_identifier(name: str, value: str, longest: int) -> None:
    if not _IDENTIFIER.fullmatch(value) or len(value) > longest:
        raise invalid_value(
            f"The parameter {name} is not a valid identifier. Identifiers must begin with a "
            "letter; must contain only ASCII letters, digits, and hyphens; must not end with a "
            f"hyphen or contain two consecutive hyphens; and have at most {longest} characters."
        )


def _check_common(parameters: Mapping[str, Any]) -> None:
    engine = parameters.get("Engine", "redis")
    if engine != "redis":
        raise invalid_value(f"multidocker runs real Redis only: set Engine to redis, not {engine}")
    node_type = parameters.get("CacheNodeType")
    if node_type is None or not _NODE_TYPE.fullmatch(node_type):
        raise invalid_value(f"Invalid cache node type: {node_type} (one is cache.t2.micro)")
    port = parameters.get("Port")
    if port is not None and not _MIN_PORT <= port <= _MAX_PORT:
        raise invalid_value(f"Invalid port {port}. Valid ports are {_MIN_PORT} to {_MAX_PORT}.")
    for name in _NOT_EMULATED:
        if parameters.get(name):
            raise NotImplementedError(name)
