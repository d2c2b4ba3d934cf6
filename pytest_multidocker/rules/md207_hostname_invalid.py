"""MD207: host names are such as Docker takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import RUNTIME, Problem, ecs_api
from ._registry import register

_VALID = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\.?\Z"
)
"""Underscores are let through: Docker and the resolvers of C libraries take them."""


@register(
    id="MD207",
    name="hostname-invalid",
    severity="warning",
    phase=RUNTIME,
    source=ecs_api("ContainerDefinition"),
    summary="Host names are such as Docker takes.",
    applies=lambda context: any(found.hostname for found in context.containers),
)
def hostname_invalid(context: Context) -> Iterator[Problem]:
    """Yield each host name that is none."""
    for container in context.containers:
        hostname = container.hostname
        if hostname and not _VALID.match(hostname):
            yield Problem(
                f"'{shown(hostname)}' is no host name: it has letters, digits, hyphens and dots, at"
                " most 63 between two dots.",
                f"{container.pointer}/hostname",
                fix="Choose another host name.",
            )
