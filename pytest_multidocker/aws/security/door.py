"""Keeps containers out of a database's container, as a security group's silence does.

In the network of the database every address that shall not be heard gets a route to nowhere: what
the database would answer is dropped, so that the caller times out. The container of the database
needs no rights for that; a helper beside it has them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_multidocker.engine.helper import start_helper
from pytest_multidocker.engine.images import probe_image

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container

    from pytest_multidocker.engine.run import Run


class Door:
    """The door of one database. It is open to all that it has not been closed to."""

    def __init__(self, client: DockerClient, run: Run, container_id: str) -> None:
        self._client = client
        self._run = run
        self._container_id = container_id
        self._helper: Container | None = None
        self._closed: set[str] = set()

    @property
    def closed(self) -> frozenset[str]:
        """The addresses that it is closed to."""
        return frozenset(self._closed)

    def close(self, address: str) -> None:
        """Drop what goes to this address. Raises docker's ``APIError`` if the database is gone."""
        if address not in self._closed:
            self._route("add", address)
            self._closed.add(address)

    def open(self, address: str) -> None:
        """Let this address in again. Raises docker's ``APIError`` if the database is gone."""
        if address in self._closed:
            self._route("del", address)
            self._closed.discard(address)

    def remove(self) -> None:
        """Remove the helper."""
        from docker.errors import APIError

        if self._helper is not None:
            try:
                self._helper.remove(force=True)
            except APIError:  # it went with its database, or with the run
                return

    def _route(self, verb: str, address: str) -> None:
        if self._helper is None:
            self._helper = start_helper(
                self._client,
                probe_image(self._client),
                network_mode=f"container:{self._container_id}",
                cap_add=["NET_ADMIN"],
                labels=self._run.labels,
                name=f"multidocker-{self._run.id}-door-{self._container_id[:12]}",
            )
        self._helper.exec_run(["ip", "route", verb, "blackhole", f"{address}/32"])
