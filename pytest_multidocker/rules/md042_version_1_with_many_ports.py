"""MD042: a file of version 1 has one port."""

from __future__ import annotations

from collections.abc import Iterator

from ._context import Context
from ._model import EB_V1_V3, SOURCE_BUNDLE, Problem
from ._registry import register


@register(
    id="MD042",
    name="version-1-with-many-ports",
    severity="warning",
    phase=SOURCE_BUNDLE,
    source=EB_V1_V3,
    summary="A file of version 1 has one port.",
    applies=lambda context: context.dockerrun.version == 1,
)
def version_1_with_many_ports(context: Context) -> Iterator[Problem]:
    """Yield a problem where there is more than one port."""
    ports = context.value.get("Ports")
    if context.dockerrun.version == 1 and isinstance(ports, list) and len(ports) > 1:
        yield Problem(
            "Elastic Beanstalk's proxy uses only the first port of the list.",
            "/Ports/1",
            fix="Put the port that serves HTTP first, and delete the others.",
        )
