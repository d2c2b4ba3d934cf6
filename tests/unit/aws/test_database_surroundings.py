"""Databases are put into security groups and subnet groups that exist."""

from __future__ import annotations

from typing import Any

import pytest
from support.apis import Databases
from support.clients import refusal

pytestmark = pytest.mark.filterwarnings("ignore:Exception.*does not match an error shape")

POSTGRES = {
    "DBInstanceIdentifier": "db",
    "DBInstanceClass": "db.t3.micro",
    "Engine": "postgres",
    "MasterUsername": "postgres",
    "MasterUserPassword": "postgrespassword",
    "AllocatedStorage": 20,
}
REDIS = {"CacheClusterId": "cache", "CacheNodeType": "cache.t2.micro", "Engine": "redis"}
GROUP = {
    "ReplicationGroupId": "cache",
    "ReplicationGroupDescription": "the cache",
    "CacheNodeType": "cache.t2.micro",
}


def test_rds_has_no_such_security_group(databases: Databases) -> None:
    create = databases.api("rds").create_db_instance
    assert refusal(create, VpcSecurityGroupIds=["sg-nope"], **POSTGRES) == (
        "InvalidParameterValue",
        "Invalid security group , groupId= sg-nope, groupName=.",
    )


@pytest.mark.parametrize(
    ("operation", "given"), [("create_cache_cluster", REDIS), ("create_replication_group", GROUP)]
)
def test_elasticache_has_no_such_groups(
    operation: str, given: dict[str, Any], databases: Databases
) -> None:
    create = getattr(databases.api("elasticache"), operation)
    assert refusal(create, SecurityGroupIds=["sg-nope"], **given) == (
        "InvalidParameterValue",
        "Some security groups are invalid: sg-nope.",
    )
    code, message = refusal(create, CacheSubnetGroupName="nope", **given)
    assert (code, "nope" in message) == ("CacheSubnetGroupNotFoundFault", True)
