"""A task in the agent's hands, and what Docker says of its containers."""

from __future__ import annotations

from typing import Any

from pytest_multidocker.dockerrun import parse_containers
from pytest_multidocker.ecs.definition import TaskDefinition
from pytest_multidocker.ecs.state import TaskState
from pytest_multidocker.engine.identity import TaskIdentity

Json = dict[str, Any]

ARN = "arn:aws:ecs:eu-west-1:123456789012:task/shop/0123"


def identity(*containers: Json, **fields: Any) -> TaskIdentity:
    parsed = parse_containers([{"image": "app:1", "memory": 64, **c} for c in containers])
    definition = TaskDefinition("web", 3, parsed, **fields)
    arns = {c.name: f"{ARN.replace(':task/', ':container/')}/{c.name}" for c in parsed}
    return TaskIdentity(ARN, "shop", definition, arns)


def state_of(task: TaskIdentity) -> TaskState:
    return TaskState.of(task.definition)


def inspected(**members: Any) -> Json:
    """What Docker says of a running container on the bridge."""
    return {
        "Image": "sha256:abc",
        "Created": "2026-01-02T03:04:05.1Z",
        "Config": {"Labels": {"team": "red"}},
        "State": {
            "Running": True,
            "StartedAt": "2026-01-02T03:04:06.123456789Z",
            "FinishedAt": "0001-01-01T00:00:00Z",
        },
        "NetworkSettings": {
            "Ports": {
                "8080/tcp": [
                    {"HostIp": "0.0.0.0", "HostPort": "80"},
                    {"HostIp": "::", "HostPort": "80"},
                ],
                "9000/udp": None,
            },
            "Networks": {"bridge": {"IPAddress": "172.17.0.2"}},
        },
        "Mounts": [
            {"Type": "bind", "Source": "/srv", "Destination": "/data"},
            {"Type": "volume", "Name": "v", "Source": "/var/lib/v", "Destination": "/v"},
        ],
        **members,
    }
