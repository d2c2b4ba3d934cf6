"""Which keys a Dockerrun file may have, and what type each value must be.

The shapes of containers and volumes are ECS's own (`_shapes`, generated); those of the file's top
level are Elastic Beanstalk's, for `version 2
<https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/create_deploy_docker_v2config.html>`_ and
`versions 1 and 3
<https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/single-container-docker-configuration.html>`_.
The three versions spell the same keys in three ways.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from ._shapes import SHAPES
from .source import escape

Shape = dict[str, Any]
"""``type``, and by type: ``members`` and ``required``, ``item``, ``value``, or ``enum``."""


def _structure(required: tuple[str, ...] = (), **members: str) -> Shape:
    return {"type": "structure", "required": list(required), "members": members}


_DOCKERRUN: dict[str, Shape] = {
    "Version": {"type": "integer"},
    "Text": {"type": "string"},
    "Dockerrun2": _structure(
        ("AWSEBDockerrunVersion", "containerDefinitions"),
        AWSEBDockerrunVersion="Version",
        containerDefinitions="ContainerDefinitions",
        volumes="VolumeList",
        authentication="LowerAuthentication",
        executionRoleArn="Text",
        localContainerDefinitions="ContainerDefinitions",
    ),
    "LowerAuthentication": _structure(("bucket", "key"), bucket="Text", key="Text"),
    "Dockerrun1": _structure(
        ("AWSEBDockerrunVersion",),
        AWSEBDockerrunVersion="Version",
        Authentication="UpperAuthentication",
        Image="Image1",
        Ports="Ports1",
        Volumes="Volumes1",
        Logging="Text",
        Command="Text",
        Entrypoint="Text",
    ),
    "UpperAuthentication": _structure(("Bucket", "Key"), Bucket="Text", Key="Text"),
    "Image1": _structure(("Name",), Name="Text", Update="TextOrBoolean"),
    "Ports1": {"type": "list", "item": "Port1"},
    "Port1": _structure(("ContainerPort",), ContainerPort="PortText", HostPort="PortText"),
    "PortText": {"type": "port"},
    "TextOrBoolean": {"type": "loose"},
    "Volumes1": {"type": "list", "item": "Volume1"},
    "Volume1": _structure(
        ("HostDirectory", "ContainerDirectory"), HostDirectory="Text", ContainerDirectory="Text"
    ),
    "Dockerrun3": _structure(
        ("AWSEBDockerrunVersion",),
        AWSEBDockerrunVersion="Version",
        Authentication="LowerAuthentication",
    ),
}


class Node(NamedTuple):
    """A value that has a shape."""

    pointer: str
    value: Any
    shape: Shape
    owner: str
    """The name of the structure that the value is a member of, directly or in a list."""
    key: str
    """The key of the nearest member that it is or is in."""


class UnknownKey(NamedTuple):
    """A key that its object's shape does not have."""

    pointer: str
    key: str
    owner: str
    present: Mapping[str, Any]
    """The object that it stands in."""

    @property
    def value(self) -> Any:
        """What stands under the key."""
        return self.present[self.key]

    @property
    def is_at_top(self) -> bool:
        """Whether it stands in the outermost object."""
        return self.pointer.count("/") == 1


def shape(name: str) -> Shape:
    """Return the shape of that name; raise ``KeyError`` if there is none."""
    return _DOCKERRUN.get(name) or SHAPES[name]


def is_of_beanstalk(name: str) -> bool:
    """Return whether the shape is Elastic Beanstalk's own, and not ECS's."""
    return name in _DOCKERRUN


@cache
def all_keys() -> frozenset[str]:
    """Return the keys of all structures."""
    shapes = [*_DOCKERRUN.values(), *SHAPES.values()]
    return frozenset(key for each in shapes for key in each.get("members", ()))


def walk(
    value: Any, name: str, stand_ins: Mapping[str, str] | None = None
) -> Iterator[Node | UnknownKey]:
    """Go through ``value`` by the shape of that name: every value with a shape, every odd key.

    A value of another type than its shape's is given and not entered, and ``null`` under a key is
    left out: it stands for an absent key. ``stand_ins`` are odd keys of the outermost object whose
    values are gone through as those of other keys.
    """
    yield from _visit(Node("", value, shape(name), name, ""), stand_ins or {})


def _visit(node: Node, stand_ins: Mapping[str, str]) -> Iterator[Node | UnknownKey]:
    yield node
    kind = node.shape["type"]
    if kind == "structure" and isinstance(node.value, dict):
        yield from _members(node, stand_ins)
    elif kind == "map" and isinstance(node.value, dict):
        inner = shape(node.shape["value"])
        for key, item in node.value.items():
            place = f"{node.pointer}/{escape(key)}"
            if item is not None:
                yield from _visit(Node(place, item, inner, node.owner, node.key), {})
    elif kind == "list" and isinstance(node.value, list):
        inner = shape(node.shape["item"])
        owner = node.shape["item"] if inner["type"] == "structure" else node.owner
        for index, item in enumerate(node.value):
            yield from _visit(Node(f"{node.pointer}/{index}", item, inner, owner, node.key), {})


def _members(node: Node, stand_ins: Mapping[str, str]) -> Iterator[Node | UnknownKey]:
    members = node.shape["members"]
    owner = node.owner
    for key, item in node.value.items():
        place = f"{node.pointer}/{escape(key)}"
        if key not in members:
            yield UnknownKey(place, key, owner, node.value)
        member = key if key in members else stand_ins.get(key)
        if member is not None and item is not None:
            inner = shape(members[member])
            name = members[member] if inner["type"] == "structure" else owner
            yield from _visit(Node(place, item, inner, name, member), {})
