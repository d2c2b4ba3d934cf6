"""The emulator: what all its services share, and what a service is."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

from .endpoints import Endpoint, EndpointRegistry
from .events import Event, EventLog
from .instances import InstanceRegistry
from .options import EmulatorOptions
from .registry import Registry
from .sites import SiteRegistry

if TYPE_CHECKING:
    from docker import DockerClient

    from pytest_multidocker.engine.run import Run

__all__ = [
    "ACCOUNT_ID",
    "Emulator",
    "EmulatorOptions",
    "Endpoint",
    "EndpointRegistry",
    "Event",
    "EventLog",
    "Service",
]

#: The account that moto gives to clients that name no other.
ACCOUNT_ID = "123456789012"


class Service(Protocol):
    """An AWS service that the emulator serves with a backend of its own."""

    @property
    def name(self) -> str:
        """The name as boto3 and moto call it, such as `ecs`."""

    def install(self) -> None:
        """Register the backend with moto. Called once, before the first request is answered."""

    def close(self) -> None:
        """Stop the service's threads within a few seconds; `Emulator.closing` is set already.

        Containers need not be removed: all that carry the run's labels go after this call. No
        container may be created any more once it has returned.
        """


class Emulator:
    """One running emulator: its run, its events, the endpoints of its databases, its Docker.

    `instances` are the container instances with folders of their own, `sites` the environments.

    `closing` is set when the emulator begins to shut down: from then on nothing may be created.
    `endpoint_url` is where it listens, once it does.
    """

    def __init__(
        self, options: EmulatorOptions, run: Run, *, client: DockerClient | None = None
    ) -> None:
        self.options = options
        self.run = run
        self.events = EventLog()
        self.endpoints = EndpointRegistry()
        self.instances = InstanceRegistry()
        self.sites = SiteRegistry()
        self.registry = Registry(self)
        self.closing = threading.Event()
        self.endpoint_url = ""
        self._client = client
        self._lock = threading.Lock()

    def docker(self) -> DockerClient:
        """Return the Docker client of this emulator: one for all threads, made at the first call.

        Raises EngineUnavailable where no Docker Engine answers.
        """
        with self._lock:
            if self._client is None:
                from pytest_multidocker.engine.status import connect

                self._client = connect()
            return self._client
