"""The managed databases that the emulator runs, and how tasks and the host reach them."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Endpoint:
    """A managed database that runs.

    `address` and `port` are what AWS would say. Inside tasks the address resolves to
    `container_ip`; from the host the database is at `host`:`host_port`.
    """

    id: str
    kind: str
    address: str
    port: int
    container_id: str
    container_ip: str
    host: str
    host_port: int

    def as_dict(self) -> dict[str, Any]:
        """Return the endpoint as the JSON object that `/_multidocker/endpoints` lists."""
        return asdict(self)


class EndpointRegistry:
    """The endpoints that are up, by address. Safe to use from any thread."""

    def __init__(self) -> None:
        self._endpoints: dict[str, Endpoint] = {}
        self._lock = threading.Lock()

    def register(self, endpoint: Endpoint) -> None:
        """Add an endpoint, in place of one with the same address."""
        with self._lock:
            self._endpoints[endpoint.address] = endpoint

    def withdraw(self, address: str) -> Endpoint | None:
        """Take the endpoint with this address out and return it; None where there is none."""
        with self._lock:
            return self._endpoints.pop(address, None)

    def all(self) -> list[Endpoint]:
        """Return the endpoints that are up, oldest first."""
        with self._lock:
            return list(self._endpoints.values())

    def find(self, address: str) -> Endpoint | None:
        """Return the endpoint with this address, or None."""
        with self._lock:
            return self._endpoints.get(address)

    def extra_hosts(self) -> dict[str, str]:
        """Return address → container IP: the extra hosts of a task's containers."""
        return {endpoint.address: endpoint.container_ip for endpoint in self.all()}
