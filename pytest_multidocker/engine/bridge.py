"""Docker's default bridge, on which the containers of tasks stand, seen from this machine."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docker import DockerClient


@dataclass(frozen=True)
class Bridge:
    """The bridge's own address, by which its containers reach the engine's machine."""

    gateway: str
    subnet: str
    """In the form ``172.17.0.0/16``."""


def default_bridge(client: DockerClient) -> Bridge | None:
    """Return the default bridge of an engine; ``None`` if it has none with an IPv4 address."""
    from docker.errors import NotFound

    try:
        network: dict[str, Any] = client.api.inspect_network("bridge")
    except NotFound:
        return None
    if network.get("Driver") != "bridge":
        return None
    for entry in (network.get("IPAM") or {}).get("Config") or []:
        subnet = str(entry.get("Subnet", ""))
        if ":" not in subnet and (gateway := entry.get("Gateway") or _first_host(subnet)):
            return Bridge(str(gateway), subnet)
    return None


def _first_host(subnet: str) -> str | None:
    # Engines of version 20.10 leave out a gateway that is the first address, the default.
    try:
        return str(next(ip_network(subnet).hosts()))
    except ValueError:
        return None


def runs_here(client: DockerClient) -> bool:
    """Tell whether the engine runs on this machine, and not in one of its virtual machines."""
    info: dict[str, Any] = client.info()
    return (info.get("KernelVersion"), info.get("Name")) == (platform.release(), platform.node())
