"""From a container definition to docker-py's arguments, field by field."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from pytest_multidocker.dockerrun import parse_containers
from pytest_multidocker.ecs.definition import TaskDefinition
from pytest_multidocker.engine.creation import create_options
from pytest_multidocker.engine.host_ports import HostPorts
from pytest_multidocker.engine.identity import TaskIdentity

MIB = 1024 * 1024
ARN = "arn:aws:ecs:us-east-1:123456789012:task/default/0"


def identity(*containers: dict[str, Any], **definition: Any) -> TaskIdentity:
    parsed = parse_containers([{"name": "app", "image": "app:1", **c} for c in containers])
    return TaskIdentity(ARN, "default", TaskDefinition("fam", 3, parsed, **definition))


def options(
    *,
    network_mode: str = "bridge",
    binds: tuple[str, ...] = (),
    extra_hosts: dict[str, str] | None = None,
    fixed_ports: bool = True,
    definition: dict[str, Any] | None = None,
    **fields: Any,
) -> dict[str, Any]:
    task = identity(fields, {"name": "db"}, network_mode=network_mode, **(definition or {}))
    free = HostPorts((40000, 40009), start=40000, is_free=lambda *_: True)
    return create_options(
        task,
        task.definition.containers[0],
        binds=binds,
        extra_hosts=extra_hosts or {},
        labels={"io.multidocker.run": "r1"},
        host_ports=partial(free.choose, fixed=fixed_ports),
    )


def test_a_bare_definition_leaves_the_image_s_own_settings() -> None:
    assert options() == {
        "name": identity({}).container_name("app"),
        "labels": {
            "io.multidocker.run": "r1",
            "com.amazonaws.ecs.task-arn": ARN,
            "com.amazonaws.ecs.container-name": "app",
            "com.amazonaws.ecs.cluster": "default",
            "com.amazonaws.ecs.task-definition-family": "fam",
            "com.amazonaws.ecs.task-definition-version": "3",
        },
        "tty": False,
        "stdin_open": False,
        "read_only": False,
        "privileged": False,
        "network": "bridge",
        "cpu_shares": 2,
    }


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"command": ["a", "b c"]}, {"command": ["a", "b c"]}),
        ({"entryPoint": ["sh", "-c"]}, {"entrypoint": ["sh", "-c"]}),
        ({"command": []}, {}),
        (
            {"environment": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]},
            {"environment": {"A": "2"}},
        ),
        ({"hostname": "api"}, {"hostname": "api"}),
        ({"user": "1000:1000"}, {"user": "1000:1000"}),
        ({"workingDirectory": "/srv"}, {"working_dir": "/srv"}),
        ({"pseudoTerminal": True, "interactive": True}, {"tty": True, "stdin_open": True}),
        ({"readonlyRootFilesystem": True}, {"read_only": True}),
        ({"privileged": True}, {"privileged": True}),
        (
            {"dockerSecurityOptions": ["no-new-privileges"]},
            {"security_opt": ["no-new-privileges"]},
        ),
        (
            {"dnsServers": ["192.0.2.1"], "dnsSearchDomains": ["corp"]},
            {"dns": ["192.0.2.1"], "dns_search": ["corp"]},
        ),
        (
            {"systemControls": [{"namespace": "net.core.somaxconn", "value": "1024"}]},
            {"sysctls": {"net.core.somaxconn": "1024"}},
        ),
        (
            {"ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 2}]},
            {"ulimits": [{"name": "nofile", "soft": 1, "hard": 2}]},
        ),
        (
            {"linuxParameters": {"capabilities": {"add": ["NET_ADMIN"], "drop": ["CHOWN"]}}},
            {"cap_add": ["NET_ADMIN"], "cap_drop": ["CHOWN"]},
        ),
        (
            {"linuxParameters": {"initProcessEnabled": True, "sharedMemorySize": 100}},
            {"init": True, "shm_size": 100 * MIB},
        ),
        (
            {
                "linuxParameters": {
                    "tmpfs": [
                        {"containerPath": "/t", "size": 16, "mountOptions": ["ro", "noexec"]},
                        {"containerPath": "/u", "size": 1},
                    ]
                }
            },
            {"tmpfs": {"/t": "ro,noexec,size=16m", "/u": "size=1m"}},
        ),
        (
            {
                "linuxParameters": {
                    "devices": [
                        {"hostPath": "/dev/fuse"},
                        {"hostPath": "/dev/a", "containerPath": "/dev/b", "permissions": ["read"]},
                    ]
                }
            },
            {"devices": ["/dev/fuse:/dev/fuse:rwm", "/dev/a:/dev/b:r"]},
        ),
        (
            {"logConfiguration": {"logDriver": "json-file", "options": {"max-size": "1m"}}},
            {"log_config": {"type": "json-file", "config": {"max-size": "1m"}}},
        ),
        (
            {"logConfiguration": {"logDriver": "local", "options": {"mode": "non-blocking"}}},
            {
                "log_config": {
                    "type": "local",
                    "config": {"mode": "non-blocking", "max-buffer-size": "10m"},
                }
            },
        ),
        (
            {"healthCheck": {"command": ["CMD", "true"]}},
            {
                "healthcheck": {
                    "test": ["CMD", "true"],
                    "interval": 30_000_000_000,
                    "timeout": 5_000_000_000,
                    "retries": 3,
                    "start_period": 0,
                }
            },
        ),
    ],
    ids=lambda value: next(iter(value), "") if isinstance(value, dict) else None,
)
def test_each_field_has_its_option(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    bare = options()
    assert options(**fields) == {**bare, **expected}


@pytest.mark.parametrize(
    ("cpu", "shares"), [(0, 2), (1, 2), (2, 2), (10, 10), (262144, 262144), (300000, 262144)]
)
def test_cpu_units_are_shares_within_the_kernel_s_bounds(cpu: int, shares: int) -> None:
    assert options(cpu=cpu)["cpu_shares"] == shares


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"memory": 64}, {"mem_limit": 64 * MIB, "memswap_limit": 64 * MIB}),
        ({"memory": 1}, {"mem_limit": 4 * MIB, "memswap_limit": 4 * MIB}),
        ({"memoryReservation": 32}, {"mem_reservation": 32 * MIB}),
        (
            {"memory": 64, "linuxParameters": {"maxSwap": 16, "swappiness": 0}},
            {"mem_limit": 64 * MIB, "memswap_limit": 80 * MIB, "mem_swappiness": 0},
        ),
        (
            {"memory": 64, "linuxParameters": {"swappiness": 50}},
            {"mem_limit": 64 * MIB, "memswap_limit": 64 * MIB},
        ),
    ],
)
def test_memory_is_mebibytes_and_no_swap_comes_on_top(
    fields: dict[str, Any], expected: dict[str, int]
) -> None:
    assert options(**fields) == {**options(), **expected}


def test_links_and_volumes_from_use_docker_s_names() -> None:
    found = options(
        links=["db:store", "db"],
        volumesFrom=[{"sourceContainer": "db", "readOnly": True}, {"sourceContainer": "db"}],
    )
    db = identity({}).container_name("db")
    assert found["links"] == [(db, "store"), (db, "db")]
    assert found["volumes_from"] == [f"{db}:ro", db]


def test_binds_are_handed_on() -> None:
    assert options(binds=("/a:/b:ro",))["volumes"] == ["/a:/b:ro"]


def test_the_definition_s_extra_hosts_come_before_the_databases() -> None:
    found = options(
        extra_hosts={"db": "192.0.2.1", "cache": "192.0.2.2"},
        extraHosts=[{"hostname": "db", "ipAddress": "192.0.2.3"}],
    )
    assert found["extra_hosts"] == {"db": "192.0.2.3", "cache": "192.0.2.2"}


def test_the_agent_s_labels_override_the_user_s() -> None:
    labels = options(
        dockerLabels={"team": "red", "com.amazonaws.ecs.cluster": "x", "io.multidocker.run": "y"}
    )["labels"]
    assert labels["team"] == "red"
    assert labels["com.amazonaws.ecs.cluster"] == "default"
    assert labels["io.multidocker.run"] == "r1"


PORTS = [
    {"containerPort": 80, "hostPort": 8080},
    {"containerPort": 80, "hostPort": 8081},
    {"containerPort": 81},
    {"containerPort": 53, "hostPort": 0, "protocol": "udp"},
]


def test_declared_ports_are_fixed_and_the_others_are_the_agent_s_choice() -> None:
    ports = options(portMappings=PORTS)["ports"]
    assert ports == {"80/tcp": [8080, 8081], "81/tcp": [40000], "53/udp": [40001]}


def test_a_range_of_ports_has_as_many_host_ports_in_a_row() -> None:
    mappings = [{"containerPortRange": "90-92"}, {"containerPort": 80, "hostPort": 8080}]
    for fixed, expected in ((True, 8080), (False, None)):
        ports = options(portMappings=mappings, fixed_ports=fixed)["ports"]
        assert ports == {
            "90/tcp": [40000],
            "91/tcp": [40001],
            "92/tcp": [40002],
            "80/tcp": [expected],
        }


def test_or_all_are_free_ones() -> None:
    ports = options(portMappings=PORTS, fixed_ports=False)["ports"]
    assert ports == {"80/tcp": [None, None], "81/tcp": [None], "53/udp": [None]}


@pytest.mark.parametrize("mode", ["none", "host"])
def test_other_networks_have_no_bindings(mode: str) -> None:
    found = options(network_mode=mode, portMappings=PORTS, links=["db"])
    assert found["network_mode"] == mode
    assert found["links"] == [(identity({}).container_name("db"), "db")]  # for Docker to refuse
    assert not {"network", "ports"} & set(found)


def test_a_container_without_network_is_on_none() -> None:
    found = options(disableNetworking=True)
    assert (found["network"], found["network_disabled"]) == ("bridge", True)


PAUSE = identity({}).container_name("~internal~ecs~pause~namespace")


@pytest.mark.parametrize(
    ("modes", "expected"),
    [
        ({}, {}),
        ({"pid_mode": "host"}, {"pid_mode": "host"}),
        ({"ipc_mode": "none"}, {"ipc_mode": "none"}),
        ({"pid_mode": "task"}, {"pid_mode": f"container:{PAUSE}"}),
        (
            {"pid_mode": "host", "ipc_mode": "task"},
            {"pid_mode": "host", "ipc_mode": f"container:{PAUSE}"},
        ),
    ],
)
def test_namespaces_are_the_container_s_the_task_s_or_the_host_s(
    modes: dict[str, str], expected: dict[str, str]
) -> None:
    found = options(definition=modes)
    assert {n: v for n, v in found.items() if n in {"pid_mode", "ipc_mode"}} == expected


def test_a_task_s_memory_is_the_limit_of_those_that_have_none() -> None:
    assert options(definition={"memory": 64})["mem_limit"] == 64 * MIB
    assert options(definition={"memory": 64}, memory=32)["mem_limit"] == 32 * MIB
