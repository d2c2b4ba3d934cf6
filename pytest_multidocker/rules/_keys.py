"""What MD020, MD021 and MD022 share: what an unknown key was meant to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from ..dockerrun.shapes import UnknownKey, shape
from ._context import Context
from ._types import fits
from .words import is_slip, nearest

_COMMENT_MARKS = ("_", "$", "//", "#")
_VERSION_KEY = "AWSEBDockerrunVersion"

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

_OTHER_VALUES = _MEANT.keys() - {"host", "host_name", "container_name", "working_dir"}
"""Those whose values are written in another way too."""

_NEVER = {
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


class Kind(Enum):
    """What is wrong with a key."""

    UNKNOWN = 1
    MISSPELT = 2
    MISPLACED = 3


class Judged(NamedTuple):
    """An unknown key and what it was meant to be."""

    kind: Kind
    pointer: str
    shown: str
    meant: str
    """The right key of a mis-spelt one, the right place of a misplaced one."""
    fix: str
    reader: str
    is_sure: bool = False
    """Whether the right key can be put in place of the wrong one as it is."""


def judged(context: Context) -> Iterator[Judged]:
    """Yield every unknown key but comments, and but what MD010 and MD015 say."""
    if "containerDefinitions" in context.value and context.version != 2:  # noqa: PLR2004
        return
    all_found = [
        _judge(found)
        for found in context.unknown_keys
        if not found.key.startswith(_COMMENT_MARKS) and not _is_version(found)
    ]
    targets = Counter((_parent(found.pointer), found.meant) for found in all_found)
    for found in all_found:
        # Two wrong spellings of one key must not become the same right one twice.
        alone = targets[_parent(found.pointer), found.meant] == 1
        yield found._replace(is_sure=found.is_sure and alone)


def _parent(pointer: str) -> str:
    return pointer.rpartition("/")[0]


def _judge(found: UnknownKey) -> Judged:
    reader = "Elastic Beanstalk" if found.owner.startswith("Dockerrun") else "ECS"
    place = _right_place(found)
    meant = _right_key(found)
    if meant and meant not in found.present:
        sure = _is_sure(found, meant)
        return Judged(Kind.MISSPELT, found.pointer, found.key[:60], meant, "", reader, sure)
    if place and not meant:
        return Judged(Kind.MISPLACED, found.pointer, found.key[:60], place, "", reader)
    fix = _NEVER.get(found.key, "")
    if meant:
        fix = f"Delete the key; '{meant}' stands in the same object."
    return Judged(Kind.UNKNOWN, found.pointer, found.key[:60], "", fix, reader)


def _is_sure(found: UnknownKey, meant: str) -> bool:
    """Whether the right key can have what stands under the wrong one, and no other can be meant."""
    key = found.key.lower()
    if key in _OTHER_VALUES:
        return False
    listed = _MEANT_BY_OWNER.get(found.owner, {}).get(key) == meant
    return (listed or is_slip(found.key, meant)) and fits(
        found.value, shape(found.owner)["members"][meant]
    )


def _right_key(found: UnknownKey) -> str:
    meant = _MEANT_BY_OWNER.get(found.owner, {}).get(found.key.lower())
    if meant is not None:
        return meant
    return "" if found.key in _NEVER else nearest(found.key, found.known)


def _right_place(found: UnknownKey) -> str:
    """Return where the key would be understood, or the empty string."""
    of_container = found.key in shape("ContainerDefinition")["members"]
    # ECS itself has cpu and memory of the whole task; Elastic Beanstalk documents no such keys.
    of_task = found.key in shape("RegisterTaskDefinitionRequest")["members"]
    if found.owner == "Dockerrun2" and of_container and not of_task:
        return "in a container definition"
    if found.owner == "ContainerDefinition":
        if found.key in shape("PortMapping")["members"]:
            return "in an entry of portMappings"
        if found.key.lower() in {"authentication", "executionrolearn"}:
            return "at the top of the file"
    return ""


def _is_version(found: UnknownKey) -> bool:
    at_top = found.owner.startswith("Dockerrun")
    missing = _VERSION_KEY not in found.present
    return at_top and missing and nearest(found.key, found.known) == _VERSION_KEY
