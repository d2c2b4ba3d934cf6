from __future__ import annotations

from typing import Any

import pytest

from pytest_multidocker.aws.elasticache import validation
from pytest_multidocker.aws.errors import AwsError

CLUSTER = {
    "CacheClusterId": "multi-docker-redis",
    "CacheNodeType": "cache.t2.micro",
    "Engine": "redis",
    "NumCacheNodes": 1,
}
GROUP = {
    "ReplicationGroupId": "cache",
    "ReplicationGroupDescription": "the cache",
    "CacheNodeType": "cache.t2.micro",
}


def test_usual_requests_are_accepted() -> None:
    validation.check_cluster(CLUSTER)
    validation.check_group(GROUP)
    validation.check_group({**GROUP, "NumCacheClusters": 1, "ReplicasPerNodeGroup": 0})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"CacheClusterId": "1redis"}, "The parameter CacheClusterId is not a valid identifier."),
        ({"CacheClusterId": "a" * 51}, "have at most 50 characters."),
        (
            {"NumCacheNodes": 2},
            "Cannot create a Redis cluster with a NumCacheNodes parameter greater than 1.",
        ),
        ({"Engine": "memcached"}, "multidocker runs real Redis only: set Engine to redis"),
        ({"CacheNodeType": "t2.micro"}, "Invalid cache node type: t2.micro"),
        ({"Port": 80}, "Invalid port 80. Valid ports are 1150 to 65535."),
    ],
)
def test_what_elasticache_refuses(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(AwsError) as caught:
        validation.check_cluster({**CLUSTER, **changes})
    assert caught.value.code == "InvalidParameterValue"
    assert message in caught.value.message


def test_a_node_type_must_be_given() -> None:
    with pytest.raises(AwsError, match="Invalid cache node type: None"):
        validation.check_cluster({"CacheClusterId": "c"})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"NumCacheClusters": 2}, "NumCacheClusters=2: replication groups have one node"),
        ({"ReplicasPerNodeGroup": 1}, "ReplicasPerNodeGroup=1: "),
        ({"AuthToken": "0123456789abcdef"}, "AuthToken"),
        ({"TransitEncryptionEnabled": True}, "TransitEncryptionEnabled"),
    ],
)
def test_what_is_not_emulated_is_said(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(NotImplementedError, match=message):
        validation.check_group({**GROUP, **changes})


@pytest.mark.parametrize(
    ("version", "image"), [("7.1", "7"), ("6.x", "6"), ("5.0.6", "5.0.6"), ("7", "7")]
)
def test_elasticache_s_own_minor_versions_are_not_redis_s(version: str, image: str) -> None:
    assert validation.image_version(version) == image


def test_the_default_version() -> None:
    assert validation.engine_version({}) == "7.1"
    assert validation.engine_version({"EngineVersion": "6.2"}) == "6.2"
