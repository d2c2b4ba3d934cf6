"""The default bridge and the host's ports, as Docker gives them out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from ...ecs.events import PortBinding
from .container import SimulatedContainer

_Key = TypeVar("_Key")
_SUBNET = "172.17.0"
_FIRST_ADDRESS = 2  # .1 is the bridge itself
_FIRST_DYNAMIC_PORT = 32768  # net.ipv4.ip_local_port_range of Linux


class PortTaken(Exception):  # noqa: N818 - says what is the case
    """A host port that is asked for is in use; the argument is its number."""


class Network:
    """Who has which address and which host port.

    ``fixed_ports`` is whether declared host ports are used; otherwise free ones are given.
    """

    def __init__(self, *, fixed_ports: bool) -> None:
        self._fixed_ports = fixed_ports
        self._addresses: dict[int, SimulatedContainer] = {}
        self._ports: dict[tuple[str, int], SimulatedContainer] = {}
        self._next_port = _FIRST_DYNAMIC_PORT

    def join(self, container: SimulatedContainer) -> None:
        """Give a container its address and ports; raises :class:`PortTaken` and gives neither."""
        if not container.has_network:
            return
        bindings = []
        try:
            for mapping in container.definition.port_mappings:
                asked = mapping.host_port if self._fixed_ports else None
                host_port = self._take(mapping.protocol, asked or None, container)
                bindings.append(PortBinding(mapping.container_port, host_port, mapping.protocol))
        except PortTaken:
            self.leave(container)
            raise
        container.bindings = tuple(sorted(bindings, key=lambda b: (b.container_port, b.protocol)))
        free = _FIRST_ADDRESS
        while free in self._addresses:
            free += 1
        self._addresses[free] = container
        container.address = f"{_SUBNET}.{free}"

    def leave(self, container: SimulatedContainer) -> None:
        """Take back what the container has."""
        self._addresses = _without(self._addresses, container)
        self._ports = _without(self._ports, container)

    def _take(self, protocol: str, asked: int | None, container: SimulatedContainer) -> int:
        host_port = asked
        while host_port is None or (asked is None and (protocol, host_port) in self._ports):
            host_port, self._next_port = self._next_port, self._next_port + 1
        if (protocol, host_port) in self._ports:
            raise PortTaken(host_port)
        self._ports[protocol, host_port] = container
        return host_port


def hosts(
    container: SimulatedContainer,
    targets: Mapping[str, SimulatedContainer],
    extra_hosts: Mapping[str, str],
) -> dict[str, str]:
    """Return what Docker writes into the container's ``/etc/hosts``: names with addresses.

    ``targets`` are the containers of the task by their names. A link is one line: alias, host name
    and Docker name of the target, in that order, with its address.
    """
    names = {"localhost": "127.0.0.1"}
    if not container.has_network:
        return names
    for name, address in {**extra_hosts, **dict(container.definition.extra_hosts)}.items():
        _add(names, (name,), address)
    for link in container.definition.links:
        target = targets[link.name]
        _add(names, (link.alias, target.hostname, target.docker_name), target.address)
    _add(names, (container.hostname,), container.address)
    return names


def _add(names: dict[str, str], more: Iterable[str], address: str) -> None:
    for name in more:
        names.setdefault(name, address)  # the first line of a name counts


def _without(
    entries: dict[_Key, SimulatedContainer], container: SimulatedContainer
) -> dict[_Key, SimulatedContainer]:
    return {key: holder for key, holder in entries.items() if holder is not container}
