"""``Dockerrun.aws.json``: its text with positions, and what it says as frozen classes.

`load` reads a file to a `Document`, which knows the line and column of every key and value and
reads on after syntax errors; `parse` turns a document into a `Dockerrun`. Neither judges: that is
what `pytest_multidocker.rules` is for.
"""

from __future__ import annotations

from ._parse import parse, parse_containers, parse_volumes
from .model import (
    Authentication,
    ContainerDefinition,
    Dependency,
    Dockerrun,
    HealthCheck,
    JsonObject,
    Link,
    MountPoint,
    PortMapping,
    RestartPolicy,
    Secret,
    Volume,
    VolumeFrom,
)
from .source import Document, DuplicateKey, Span, SyntaxIssue, load

__all__ = [
    "Authentication",
    "ContainerDefinition",
    "Dependency",
    "Dockerrun",
    "Document",
    "DuplicateKey",
    "HealthCheck",
    "JsonObject",
    "Link",
    "MountPoint",
    "PortMapping",
    "RestartPolicy",
    "Secret",
    "Span",
    "SyntaxIssue",
    "Volume",
    "VolumeFrom",
    "load",
    "parse",
    "parse_containers",
    "parse_volumes",
]
