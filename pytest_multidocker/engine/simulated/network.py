"""The default bridge and the host's ports, as Docker gives them out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from ...dockerrun.model import PortMapping
from ...ecs.events import PortBinding
from ..host_ports import HostPorts
from .container import SimulatedContainer

_Key = TypeVar("_Key")
_SUBNET = "172.17.0"
_FIRST_ADDRESS = 2  # .1 is the bridge itself
_DYNAMIC_PORTS = (32768, 60999)  # net.ipv4.ip_local_port_range of Linux


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
        self._free = HostPorts(_DYNAMIC_PORTS, start=_DYNAMIC_PORTS[0], is_free=self._is_free)

    def join(self, container: SimulatedContainer) -> None:
        """Give a container its address and ports; raises :class:`PortTaken` and gives neither."""
        if not container.has_network:
            return
        try:
            bindings = [self._bind(mapping, container) for mapping in _mappings(container)]
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

    def _bind(self, mapping: PortMapping, container: SimulatedContainer) -> PortBinding:
        mapping = mapping if self._fixed_ports else replace(mapping, host_port=None)
        taken = [port for port in self._free.choose(mapping, fixed=True) if port is not None]
        for port in taken:
            if not self._is_free(port, mapping.protocol):
                raise PortTaken(port)
            self._ports[mapping.protocol, port] = container
        ports = mapping.container_ports
        if mapping.container_port_range is None:
            return PortBinding(ports[0], taken[0], mapping.protocol)
        return PortBinding(
            ports[0],
            taken[0],
            mapping.protocol,
            container_port_range=mapping.container_port_range,
            host_port_range=f"{taken[0]}-{taken[-1]}",
        )

    def _is_free(self, port: int, protocol: str) -> bool:
        return (protocol, port) not in self._ports


def _mappings(container: SimulatedContainer) -> list[PortMapping]:
    return [m for m in container.definition.port_mappings if m.container_ports]


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
