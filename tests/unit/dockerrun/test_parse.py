from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_multidocker.dockerrun import (
    Authentication,
    ContainerDefinition,
    Dependency,
    Dockerrun,
    Document,
    HealthCheck,
    Link,
    MountPoint,
    PortMapping,
    RestartPolicy,
    Secret,
    Volume,
    VolumeFrom,
    parse,
    parse_containers,
    parse_volumes,
)


def parsed(value: Any) -> Dockerrun:
    return parse(Document(json.dumps(value)))


def test_a_version_2_file_is_read_whole() -> None:
    dockerrun = parsed(
        {
            "AWSEBDockerrunVersion": 2,
            "authentication": {"bucket": "b", "key": "k"},
            "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
            "volumes": [{"name": "html", "host": {"sourcePath": "/html"}}, {"name": "empty"}],
            "containerDefinitions": [
                {
                    "name": "web",
                    "image": "example/web:1.0",
                    "memory": 128,
                    "memoryReservation": 64,
                    "cpu": 10,
                    "links": ["db", "cache:redis"],
                    "portMappings": [
                        {"hostPort": 80, "containerPort": 8080},
                        {"containerPort": 53, "protocol": "udp"},
                    ],
                    "essential": False,
                    "entryPoint": ["/start"],
                    "command": [],
                    "environment": [{"name": "A", "value": "1"}],
                    "environmentFiles": [{"value": "arn:aws:s3:::b/a.env", "type": "s3"}],
                    "secrets": [{"name": "KEY", "valueFrom": "/app/key"}],
                    "mountPoints": [
                        {"sourceVolume": "html", "containerPath": "/h", "readOnly": True}
                    ],
                    "volumesFrom": [{"sourceContainer": "db"}],
                    "dependsOn": [{"containerName": "db", "condition": "HEALTHY"}],
                    "startTimeout": 5,
                    "stopTimeout": 6,
                    "healthCheck": {"command": ["CMD", "true"], "interval": 7},
                    "ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 2}],
                    "extraHosts": [{"hostname": "h", "ipAddress": "10.0.0.1"}],
                    "dockerLabels": {"a": "b"},
                }
            ],
        }
    )
    assert dockerrun.version == 2
    assert dockerrun.authentication == Authentication("b", "k")
    assert dockerrun.execution_role_arn == "arn:aws:iam::123456789012:role/execution"
    assert dockerrun.volumes == (Volume("html", "/html"), Volume("empty"))
    assert dockerrun.container("web") == ContainerDefinition(
        name="web",
        image="example/web:1.0",
        memory=128,
        memory_reservation=64,
        cpu=10,
        links=(Link("db", "db"), Link("cache", "redis")),
        port_mappings=(PortMapping(8080, 80), PortMapping(53, None, "udp")),
        essential=False,
        entry_point=("/start",),
        command=(),
        environment=(("A", "1"),),
        environment_files=("arn:aws:s3:::b/a.env",),
        secrets=(Secret("KEY", "/app/key"),),
        mount_points=(MountPoint("html", "/h", read_only=True),),
        volumes_from=(VolumeFrom("db"),),
        depends_on=(Dependency("db", "HEALTHY"),),
        start_timeout=5,
        stop_timeout=6,
        health_check=HealthCheck(("CMD", "true"), interval=7),
        ulimits=(("nofile", 1, 2),),
        extra_hosts=(("h", "10.0.0.1"),),
        docker_labels={"a": "b"},
    )


def test_pointers_lead_back_to_the_document() -> None:
    value = {
        "AWSEBDockerrunVersion": 2,
        "containerDefinitions": [7, {"name": "a", "links": [1, "b"]}],
    }
    document = Document(json.dumps(value))
    (container,) = parse(document).containers
    assert container.pointer == "/containerDefinitions/1"
    assert document.region(document.span(container.links[0].pointer)) == '"b"'


@pytest.mark.parametrize(
    ("entry", "link"),
    [("db", Link("db", "db")), ("db:", Link("db", "")), ("db:b:c", Link("db", "b:c"))],
)
def test_links_are_split_at_the_first_colon(entry: str, link: Link) -> None:
    (container,) = parse_containers([{"name": "web", "links": [entry]}])
    assert container.links == (link,)


@pytest.mark.parametrize(
    ("given_version", "version"),
    [(1, 1), ("1", 1), (2, 2), ("2", 2), (3, 3), ("3", 3), (4, None), ("two", None),
     (None, None), (True, None), ([2], None)],
)  # fmt: skip
def test_versions_are_recognised_as_numbers_and_as_strings(
    given_version: Any, version: int | None
) -> None:
    container = {"name": "web", "image": "i", "memory": 1}
    dockerrun = parsed(
        {"AWSEBDockerrunVersion": given_version, "containerDefinitions": [container]}
    )
    assert dockerrun.version == version
    assert len(dockerrun.containers) == (1 if version == 2 else 0)


def test_each_version_spells_authentication_in_its_own_way() -> None:
    upper, lower = {"Bucket": "b", "Key": "k"}, {"bucket": "b", "key": "k"}
    read = Authentication("b", "k")
    assert parsed({"AWSEBDockerrunVersion": 1, "Authentication": upper}).authentication == read
    assert parsed({"AWSEBDockerrunVersion": 2, "authentication": lower}).authentication == read
    assert parsed({"AWSEBDockerrunVersion": 3, "Authentication": lower}).authentication == read
    assert parsed({"AWSEBDockerrunVersion": 2, "Authentication": lower}).authentication is None


def test_values_are_converted_as_elastic_beanstalk_converts_them() -> None:
    (container,) = parse_containers(
        [
            {
                "name": 7,
                "memory": "128",
                "essential": "False",
                "privileged": "TRUE",
                "environment": [{"name": "P", "value": 5432}, {"name": "B", "value": True}],
                "portMappings": [{"hostPort": "80", "containerPort": "3000"}],
                "links": None,
                "cpu": "many",
                "memoryReservation": 12.5,
            }
        ]
    )
    assert container == ContainerDefinition(
        name="7",
        memory=128,
        essential=False,
        privileged=True,
        environment=(("P", "5432"), ("B", "true")),
        port_mappings=(PortMapping(3000, 80),),
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"enabled": True}, RestartPolicy(enabled=True, restart_attempt_period=300)),
        (
            {"enabled": "true", "ignoredExitCodes": [0, "143", None], "restartAttemptPeriod": 60},
            RestartPolicy(enabled=True, ignored_exit_codes=(0, 143), restart_attempt_period=60),
        ),
        ({}, RestartPolicy(enabled=False)),
        ([], None),
        (None, None),
    ],
)
def test_a_restart_policy_has_the_service_s_default_period(
    value: Any, expected: RestartPolicy | None
) -> None:
    (container,) = parse_containers([{"name": "a", "restartPolicy": value}])

    assert container.restart_policy == expected


@pytest.mark.parametrize(
    ("mapping", "ports"),
    [
        ({"containerPort": 80}, [80]),
        ({"containerPortRange": "8000-8002"}, [8000, 8001, 8002]),
        ({"containerPortRange": "8000"}, []),
        ({"containerPortRange": "9-x"}, []),
    ],
)
def test_a_port_mapping_is_of_one_port_or_of_a_range(
    mapping: dict[str, Any], ports: list[int]
) -> None:
    (container,) = parse_containers([{"name": "a", "portMappings": [mapping]}])

    assert list(container.port_mappings[0].container_ports) == ports


def test_lists_of_a_request_are_read_without_a_document() -> None:
    assert parse_containers("nothing") == ()
    assert parse_volumes([{"name": "v", "host": {}}, 1]) == (Volume("v"),)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
_FIELDS = st.sampled_from(
    ["name", "image", "memory", "links", "portMappings", "essential", "environment", "healthCheck",
     "command", "mountPoints", "volumesFrom", "dependsOn", "dockerLabels", "ulimits", "extraHosts"]
)  # fmt: skip


@given(containers=st.lists(st.dictionaries(_FIELDS, _JSON) | _JSON), volumes=_JSON, version=_JSON)
def test_parse_never_raises(containers: Any, volumes: Any, version: Any) -> None:
    value = {
        "AWSEBDockerrunVersion": version,
        "containerDefinitions": containers,
        "volumes": volumes,
    }
    assert isinstance(parse(Document.from_value(value)), Dockerrun)
    parse_containers(containers)
    parse_volumes(volumes)
