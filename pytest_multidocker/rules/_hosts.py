"""Which names a container resolves, and which hosts its variables name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..dockerrun import ContainerDefinition, Span
from ._context import Context

if TYPE_CHECKING:
    from ..project.nginx import Peer

_URL = re.compile(
    r"^(?:jdbc:)?[a-z][a-z0-9+.-]*://(?:[^@/\s]*@)?([A-Za-z0-9_.-]+)(?::\d+)?(?:[/?#].*)?$"
)
_HOST_PORT = re.compile(r"^([A-Za-z][A-Za-z0-9_-]*):\d{2,5}$")
_PLAIN = re.compile(r"^[A-Za-z][A-Za-z0-9_-]*$")
_HOST_VARIABLE = re.compile(r"HOST(?:NAME)?$|_ADDR(?:ESS)?$|^PGHOST$", re.IGNORECASE)


def reachable(context: Context, container: ContainerDefinition) -> set[str]:
    """Return the names that the container resolves by its ``/etc/hosts``.

    They are its own hostname, its extra hosts, its links' aliases and their targets' hostnames; of
    its name as a container definition Docker knows nothing.
    """
    names = {name for name, _address in container.extra_hosts}
    if container.hostname:
        names.add(container.hostname)
    for link in container.links:
        names.add(link.alias)
        target = context.by_name.get(link.name)
        if target is not None and target.hostname:
            names.add(target.hostname)
    return names


def host_of(name: str, value: str) -> str:
    """Return the host that an environment variable names, or the empty string."""
    for pattern in (_URL, _HOST_PORT):
        if found := pattern.match(value):
            return found[1]
    return value if _HOST_VARIABLE.search(name) and _PLAIN.match(value) else ""


def host_owner(context: Context, host: str) -> str:
    """Return the link that makes ``host`` resolve: the container of that name or host name."""
    for container in context.containers:
        if container.name == host:
            return host
    return next((found.name for found in context.containers if found.hostname == host), host)


def target_of(
    context: Context, container: ContainerDefinition, host: str
) -> ContainerDefinition | None:
    """Return the linked container that ``host`` leads to, ``None`` if it leads to none."""
    for link in container.links:
        target = context.by_name.get(link.name)
        if target is not None and host in {link.alias, target.hostname}:
            return target
    return None


def is_local(host: str, known: set[str]) -> bool:
    """Return whether a host resolves: a known name, this machine, or a name of the outside."""
    return host in known or host == "localhost" or "." in host


def span_of(peer: Peer) -> Span:
    """Return the region of the host in nginx's file."""
    return Span(peer.line, peer.column, peer.line, peer.column + len(peer.host))
