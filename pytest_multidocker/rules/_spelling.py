"""What a key that its object does not know was meant to be, and which version a file is of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ..dockerrun.shapes import shape
from .words import Hints, letters

COMMENT_MARKS = ("_", "$", "//", "#")

_MEANT = {
    "host": "hostname",
    "host_name": "hostname",
    "ports": "portMappings",
    "port": "portMappings",
    "expose": "portMappings",
    "env": "environment",
    "env_file": "environmentFiles",
    "volumes": "mountPoints",
    "mem_limit": "memory",
    "mem_reservation": "memoryReservation",
    "container_name": "name",
    "working_dir": "workingDirectory",
    "cmd": "command",
    "labels": "dockerLabels",
    "logging": "logConfiguration",
    "dns": "dnsServers",
    "tty": "pseudoTerminal",
    "stdin_open": "interactive",
    "read_only": "readonlyRootFilesystem",
    "stop_grace_period": "stopTimeout",
    "healthcheck": "healthCheck",
}
"""Keys of compose files and of habit, and what a container definition calls them."""

_MEANT_BY_OWNER = {
    "ContainerDefinition": _MEANT,
    "Dockerrun2": {
        "containers": "containerDefinitions",
        "container": "containerDefinitions",
        "services": "containerDefinitions",
        "auth": "authentication",
    },
}

OTHER_VALUES = _MEANT.keys() - {"host", "host_name", "container_name", "working_dir"}
"""Those whose values are written in another way too."""

NEVER = {
    "build": "Elastic Beanstalk builds nothing: push the image and name it in image.",
    "network_mode": "Delete the key: Elastic Beanstalk's tasks always have network mode bridge.",
    "networkMode": "Delete the key: Elastic Beanstalk's tasks always have network mode bridge.",
    "networks": "Delete the key: containers find each other through links.",
    "restart": "Delete the key: ECS restarts no container.",
    "taskRoleArn": "Delete the key: Elastic Beanstalk documents no such key.",
    "cpu": "Set cpu in the containers.",
    "memory": "Set memory in the containers.",
    "memorySwap": "Set maxSwap in linuxParameters: it is in MiB, and without memory's own.",
    "memswap_limit": "Set maxSwap in linuxParameters: it is in MiB, and without memory's own.",
    "family": "Delete the key: Elastic Beanstalk names the task definition itself.",
}
"""Keys that have no counterpart, and what to do about them."""

_VERSION_1 = {"Image", "Ports", "Logging", "Volumes", "Command", "Entrypoint"}


def spelt_otherwise(key: str, owner: str) -> str:
    """Return the key of the object that is the same but for case and marks, or is called so."""
    listed = _MEANT_BY_OWNER.get(owner, {}).get(key.lower())
    return listed or _by_letters(owner).get(letters(key), "")


@cache
def _by_letters(owner: str) -> dict[str, str]:
    return {letters(key): key for key in shape(owner)["members"]}


def is_listed(key: str, owner: str) -> bool:
    """Return whether the key is one that people use for another."""
    return key.lower() in _MEANT_BY_OWNER.get(owner, {})


def meant_key(key: str, owner: str, hints: Hints) -> str:
    """Return the key of the object that is meant, or the empty string."""
    found = spelt_otherwise(key, owner)
    if found or key in NEVER:
        return found
    return hints.nearest(key, tuple(shape(owner)["members"]))


def stand_ins(value: Mapping[str, Any], version: int | None, hints: Hints) -> dict[str, str]:
    """Return the keys at the top that stand for others of version 2, and hold what these would.

    Of the keys that the stated version knows none does, and none beside the right one.
    """
    known = {*shape("Dockerrun2")["members"], *shape(f"Dockerrun{version or 2}")["members"]}
    wanted = {"containerDefinitions": list, "volumes": list, "authentication": dict}
    found: dict[str, str] = {}
    for key in value:
        if key in known or key.startswith(COMMENT_MARKS):
            continue
        meant = meant_key(key, "Dockerrun2", hints)
        if meant in wanted and meant not in value and isinstance(value[key], wanted[meant]):
            found.setdefault(meant, key)
    return {key: meant for meant, key in found.items()}


def guessed_version(value: Mapping[str, Any]) -> int:
    """Return the version that the keys are of: 2 where nothing speaks for another."""
    if _VERSION_1 & set(value):
        return 1
    credentials = value.get("Authentication")
    others = [key for key in value if key != "Authentication" and not key.startswith("AWSEB")]
    if not isinstance(credentials, dict) or others:
        return 2
    return 1 if {"Bucket", "Key"} & set(credentials) else 3
