"""RDS and ElastiCache with real databases behind them, used as a boto3 client would."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import docker
import psycopg
import pytest
import redis
from botocore.exceptions import ClientError, WaiterError
from support.clients import client

from pytest_multidocker.aws.options import EmulatorOptions
from pytest_multidocker.aws.process import EmulatorProcess, start_emulator

POSTGRES = {
    "DBInstanceIdentifier": "multi-docker-postgres",
    "DBInstanceClass": "db.t3.micro",
    "Engine": "postgres",
    "AllocatedStorage": 20,
    "MasterUsername": "postgres",
    "MasterUserPassword": "postgrespassword",
    "DBName": "fibvalues",
}
FAST = {"Delay": 1, "MaxAttempts": 60}


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorProcess]:
    with start_emulator(EmulatorOptions()) as process:
        yield process


@pytest.fixture
def rds(emulator: EmulatorProcess) -> Any:
    return client(emulator.endpoint_url, "rds")


@pytest.fixture
def elasticache(emulator: EmulatorProcess) -> Any:
    return client(emulator.endpoint_url, "elasticache")


@pytest.fixture(scope="module")
def groups(emulator: EmulatorProcess) -> dict[str, str]:
    """The ids of two security groups, by their names."""
    ec2 = client(emulator.endpoint_url, "ec2")
    return {
        name: ec2.create_security_group(GroupName=name, Description=name)["GroupId"]
        for name in ("one", "two")
    }


def control(emulator: EmulatorProcess, page: str) -> list[Any]:
    url = f"{emulator.endpoint_url}/_multidocker/{page}"
    with urllib.request.urlopen(url, timeout=30) as response:
        return [json.loads(line) for line in response if line.strip()]


def endpoint(emulator: EmulatorProcess, address: str) -> dict[str, Any]:
    (page,) = control(emulator, "endpoints")
    (found,) = [entry for entry in page["endpoints"] if entry["address"] == address]
    return dict(found)


def events(emulator: EmulatorProcess, kind: str, database: str) -> list[dict[str, Any]]:
    return [
        event
        for event in control(emulator, "events?follow=0")
        if event["kind"] == kind and event["id"] == database
    ]


def wait_for(emulator: EmulatorProcess, kind: str, database: str) -> dict[str, Any]:
    """Return the first event of this kind about the database, as soon as it happens."""
    url = f"{emulator.endpoint_url}/_multidocker/events"
    with urllib.request.urlopen(url, timeout=60) as response:
        for line in response:
            event = json.loads(line) if line.strip() else {}
            if event.get("kind") == kind and event.get("id") == database:
                return dict(event)
    raise AssertionError(f"no {kind} of {database}")


def test_an_instance_is_a_postgres_with_its_user_and_database(
    emulator: EmulatorProcess, rds: Any, groups: dict[str, str]
) -> None:
    created = rds.create_db_instance(**POSTGRES, VpcSecurityGroupIds=[groups["one"]])["DBInstance"]
    assert created["DBInstanceStatus"] == "creating"
    assert "Endpoint" not in created
    rds.get_waiter("db_instance_available").wait(
        DBInstanceIdentifier="multi-docker-postgres", WaiterConfig=FAST
    )
    (instance,) = rds.describe_db_instances(DBInstanceIdentifier="Multi-Docker-Postgres")[
        "DBInstances"
    ]
    address = f"multi-docker-postgres.{emulator.run_id}.us-east-1.rds.amazonaws.com"
    assert instance["Endpoint"] == {"Address": address, "Port": 5432}
    assert instance["VpcSecurityGroups"] == [
        {"VpcSecurityGroupId": groups["one"], "Status": "active"}
    ]
    assert (instance["DBName"], instance["MasterUsername"]) == ("fibvalues", "postgres")
    place = endpoint(emulator, address)
    with psycopg.connect(
        host=place["host"],
        port=place["host_port"],
        user="postgres",
        password="postgrespassword",
        dbname="fibvalues",
    ) as connection:
        row = connection.execute("show server_version").fetchone()
    assert row is not None
    assert row[0].startswith("15.")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(
            host=place["host"],
            port=place["host_port"],
            user="postgres",
            password="wrong-password",
            dbname="fibvalues",
        )


def test_a_container_on_the_bridge_reaches_it_by_its_address(emulator: EmulatorProcess) -> None:
    address = f"multi-docker-postgres.{emulator.run_id}.us-east-1.rds.amazonaws.com"
    place = endpoint(emulator, address)
    output = docker.from_env().containers.run(
        "multidocker-postgres:15",
        ["psql", "-h", address, "-U", "postgres", "fibvalues", "-Atc", "select 40 + 2"],
        entrypoint=[],
        environment={"PGPASSWORD": "postgrespassword"},
        extra_hosts={address: place["container_ip"]},
        remove=True,
    )
    assert output == b"42\n"


def test_the_security_groups_of_an_instance_can_be_changed(
    rds: Any, groups: dict[str, str]
) -> None:
    changed = rds.modify_db_instance(
        DBInstanceIdentifier="multi-docker-postgres",
        VpcSecurityGroupIds=[groups["two"]],
        ApplyImmediately=True,
    )["DBInstance"]
    assert [group["VpcSecurityGroupId"] for group in changed["VpcSecurityGroups"]] == [
        groups["two"]
    ]
    with pytest.raises(ClientError, match="changing MasterUserPassword of a running instance"):
        rds.modify_db_instance(
            DBInstanceIdentifier="multi-docker-postgres", MasterUserPassword="another-password"
        )


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({}, "DBInstanceAlreadyExists", "DB instance already exists"),
        ({"DBInstanceIdentifier": "x_y"}, "InvalidParameterValue", "not a valid identifier"),
        (
            {"DBInstanceIdentifier": "b", "MasterUserPassword": "short"},
            "InvalidParameterValue",
            "shorter than 8 characters",
        ),
        (
            {"DBInstanceIdentifier": "b", "Engine": "mysql"},
            "InvalidParameterValue",
            "multidocker runs real PostgreSQL instances only",
        ),
    ],
)
def test_what_rds_refuses_is_refused(
    rds: Any, changes: dict[str, str], code: str, message: str
) -> None:
    with pytest.raises(ClientError) as caught:
        rds.create_db_instance(**{**POSTGRES, **changes})
    assert caught.value.response["Error"]["Code"] == code
    assert message in caught.value.response["Error"]["Message"]
    assert len(rds.describe_db_instances()["DBInstances"]) == 1


def test_a_deleted_instance_is_gone_with_its_container(emulator: EmulatorProcess, rds: Any) -> None:
    identifier = "multi-docker-postgres"
    address = f"{identifier}.{emulator.run_id}.us-east-1.rds.amazonaws.com"
    container_id = endpoint(emulator, address)["container_id"]
    with pytest.raises(ClientError, match="FinalDBSnapshotIdentifier is required unless"):
        rds.delete_db_instance(DBInstanceIdentifier=identifier)
    deleted = rds.delete_db_instance(DBInstanceIdentifier=identifier, SkipFinalSnapshot=True)
    assert deleted["DBInstance"]["DBInstanceStatus"] == "deleting"
    rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier=identifier, WaiterConfig=FAST)
    with pytest.raises(ClientError) as caught:
        rds.describe_db_instances(DBInstanceIdentifier=identifier)
    assert caught.value.response["Error"]["Code"] == "DBInstanceNotFound"
    assert control(emulator, "endpoints") == [{"endpoints": []}]
    with pytest.raises(docker.errors.NotFound):
        docker.from_env().containers.get(container_id)


def test_a_port_of_its_own_and_no_database_name(emulator: EmulatorProcess, rds: Any) -> None:
    parameters = {**POSTGRES, "DBInstanceIdentifier": "other", "MasterUsername": "owner"}
    del parameters["DBName"]
    rds.create_db_instance(**parameters, Port=15432)
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="other", WaiterConfig=FAST)
    (instance,) = rds.describe_db_instances(DBInstanceIdentifier="other")["DBInstances"]
    assert instance["Endpoint"]["Port"] == 15432
    place = endpoint(emulator, instance["Endpoint"]["Address"])
    with psycopg.connect(
        host=place["container_ip"],
        port=15432,
        user="owner",
        password="postgrespassword",
        dbname="postgres",
    ) as connection:
        assert connection.execute("select current_user").fetchone() == ("owner",)


def test_a_database_that_dies_is_failed_and_says_why(emulator: EmulatorProcess, rds: Any) -> None:
    (instance,) = rds.describe_db_instances(DBInstanceIdentifier="other")["DBInstances"]
    place = endpoint(emulator, instance["Endpoint"]["Address"])
    docker.from_env().containers.get(place["container_id"]).kill()
    event = wait_for(emulator, "database.failed", "other")
    assert event["cause"].startswith("its container exited with code 137: ")
    (instance,) = rds.describe_db_instances(DBInstanceIdentifier="other")["DBInstances"]
    assert instance["DBInstanceStatus"] == "failed"
    rds.delete_db_instance(DBInstanceIdentifier="other", SkipFinalSnapshot=True)
    assert rds.describe_db_instances()["DBInstances"] == []


def test_an_instance_can_be_deleted_while_it_is_created(
    emulator: EmulatorProcess, rds: Any
) -> None:
    rds.create_db_instance(**{**POSTGRES, "DBInstanceIdentifier": "brief"})
    rds.delete_db_instance(DBInstanceIdentifier="brief", SkipFinalSnapshot=True)
    wait_for(emulator, "database.deleted", "brief")
    assert events(emulator, "database.available", "brief") == []
    assert rds.describe_db_instances()["DBInstances"] == []


def test_a_cache_cluster_is_a_redis(
    emulator: EmulatorProcess, elasticache: Any, groups: dict[str, str]
) -> None:
    created = elasticache.create_cache_cluster(
        CacheClusterId="multi-docker-redis",
        Engine="redis",
        CacheNodeType="cache.t2.micro",
        NumCacheNodes=1,
        SecurityGroupIds=[groups["one"]],
    )["CacheCluster"]
    assert created["CacheClusterStatus"] == "creating"
    elasticache.get_waiter("cache_cluster_available").wait(
        CacheClusterId="multi-docker-redis", WaiterConfig=FAST
    )
    (cluster,) = elasticache.describe_cache_clusters(ShowCacheNodeInfo=True)["CacheClusters"]
    assert cluster["SecurityGroups"] == [{"SecurityGroupId": groups["one"], "Status": "active"}]
    (node,) = cluster["CacheNodes"]
    address = f"multi-docker-redis.{emulator.run_id[:6]}.0001.use1.cache.amazonaws.com"
    assert node["Endpoint"] == {"Address": address, "Port": 6379}
    place = endpoint(emulator, address)
    with redis.Redis(place["host"], place["host_port"]) as server:
        server.hset("values", "7", "Nothing yet!")
        assert server.hgetall("values") == {b"7": b"Nothing yet!"}
    with pytest.raises(ClientError, match="Cache cluster multi-docker-redis already exists"):
        elasticache.create_cache_cluster(
            CacheClusterId="multi-docker-redis", Engine="redis", CacheNodeType="cache.t2.micro"
        )


def test_the_security_groups_of_a_cluster_can_be_changed(
    elasticache: Any, groups: dict[str, str]
) -> None:
    changed = elasticache.modify_cache_cluster(
        CacheClusterId="multi-docker-redis", SecurityGroupIds=[groups["two"]], ApplyImmediately=True
    )["CacheCluster"]
    assert changed["SecurityGroups"] == [{"SecurityGroupId": groups["two"], "Status": "active"}]
    (described,) = elasticache.describe_cache_clusters()["CacheClusters"]
    assert "CacheNodes" not in described


def test_a_deleted_cluster_is_gone(emulator: EmulatorProcess, elasticache: Any) -> None:
    deleted = elasticache.delete_cache_cluster(CacheClusterId="multi-docker-redis")
    assert deleted["CacheCluster"]["CacheClusterStatus"] == "deleting"
    wait_for(emulator, "database.deleted", "multi-docker-redis")
    with pytest.raises(ClientError) as caught:
        elasticache.describe_cache_clusters(CacheClusterId="multi-docker-redis")
    assert caught.value.response["Error"]["Code"] == "CacheClusterNotFound"


def test_a_replication_group_has_a_primary(emulator: EmulatorProcess, elasticache: Any) -> None:
    elasticache.create_replication_group(
        ReplicationGroupId="cache",
        ReplicationGroupDescription="the cache",
        CacheNodeType="cache.t2.micro",
        NumCacheClusters=1,
        Port=16379,
    )
    elasticache.get_waiter("replication_group_available").wait(
        ReplicationGroupId="cache", WaiterConfig=FAST
    )
    (group,) = elasticache.describe_replication_groups(ReplicationGroupId="cache")[
        "ReplicationGroups"
    ]
    assert group["MemberClusters"] == ["cache-001"]
    primary = group["NodeGroups"][0]["PrimaryEndpoint"]
    domain = f"{emulator.run_id[:6]}.ng.0001.use1.cache.amazonaws.com"
    assert primary == {"Address": f"cache.{domain}", "Port": 16379}
    place = endpoint(emulator, primary["Address"])
    with redis.Redis(place["container_ip"], 16379) as server:
        assert server.ping()
    assert endpoint(emulator, f"cache-ro.{domain}")["container_id"] == place["container_id"]
    with pytest.raises(ClientError, match="is serving as primary for replication group cache"):
        elasticache.delete_cache_cluster(CacheClusterId="cache-001")
    elasticache.delete_replication_group(ReplicationGroupId="cache")
    wait_for(emulator, "database.deleted", "cache")
    assert elasticache.describe_replication_groups()["ReplicationGroups"] == []
    assert elasticache.describe_cache_clusters()["CacheClusters"] == []


@pytest.fixture
def broken_image() -> Iterator[str]:
    """An image whose container says something and exits with 3."""
    engine = docker.from_env()
    container = engine.containers.create("multidocker-redis:7")
    changes = 'ENTRYPOINT ["sh", "-c", "echo could not create lock file; exit 3"]'
    image = container.commit("multidocker-test-broken", "1", changes=changes)
    container.remove()
    yield image.tags[0]
    engine.images.remove(image.tags[0])


def test_a_database_that_cannot_start_fails_at_once_with_its_last_words(broken_image: str) -> None:
    with start_emulator(EmulatorOptions(images={"postgres": broken_image})) as emulator:
        rds = client(emulator.endpoint_url, "rds")
        rds.create_db_instance(**POSTGRES, EngineVersion="15.4")
        event = wait_for(emulator, "database.failed", "multi-docker-postgres")
        assert event["cause"] == (
            "its container exited with code 3 before postgres answered: could not create lock file"
        )
        with pytest.raises(WaiterError, match='matched expected path: "failed"'):
            rds.get_waiter("db_instance_available").wait(
                DBInstanceIdentifier="multi-docker-postgres"
            )
        assert control(emulator, "endpoints") == [{"endpoints": []}]


def test_a_missing_image_is_said(emulator: EmulatorProcess, elasticache: Any) -> None:
    with start_emulator(
        EmulatorOptions(images={"redis.c": "no.such.host.invalid/redis:0"})
    ) as other:
        client(other.endpoint_url, "elasticache").create_cache_cluster(
            CacheClusterId="c", Engine="redis", CacheNodeType="cache.t2.micro"
        )
        assert "no.such.host.invalid/redis:0" in wait_for(other, "database.failed", "c")["cause"]
        (cluster,) = client(other.endpoint_url, "elasticache").describe_cache_clusters()[
            "CacheClusters"
        ]
        assert cluster["CacheClusterStatus"] == "restore-failed"
