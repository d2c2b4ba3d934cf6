"""testcontainers' container, created and started in two steps as the ECS agent does it."""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from .testcontainers_config import configure

if TYPE_CHECKING:
    from docker import DockerClient


_configured: weakref.WeakSet[DockerClient] = weakref.WeakSet()
_login = threading.Lock()
"""Held while testcontainers' setting for logins is not the user's."""


@contextlib.contextmanager
def _no_login() -> Iterator[None]:
    """Keep testcontainers from logging in to a registry, only to have its client replaced.

    ``DOCKER_AUTH_CONFIG`` is for whom pulls, and its registry may be out of reach.
    """
    with _login:
        if not (login := testcontainers_config.docker_auth_config):
            yield  # to set it, too, makes testcontainers warn of it
            return
        testcontainers_config.docker_auth_config = ""
        try:
            yield
        finally:
            testcontainers_config.docker_auth_config = login


class EcsContainer(DockerContainer):
    """A container of a task, with the whole API of testcontainers' ``DockerContainer``.

    ``options`` are docker-py's for ``containers.create``.
    """

    def __init__(self, client: DockerClient, image: str, **options: Any) -> None:
        if client not in _configured:
            configure(client)
            _configured.add(client)
        with _no_login():
            # Its own client, which ours replaces, need not ask the engine for its version.
            super().__init__(image, docker_client_kw={"version": client.api.api_version})
        self.with_kwargs(**options)
        self.image = image  # no registry's name in front, whatever testcontainers is told
        self._docker.client.close()
        self._docker.client = client

    @classmethod
    def attach(cls, client: DockerClient, runtime_id: str) -> EcsContainer:
        """Return the container with that Docker id; raises docker's ``NotFound``."""
        wrapped = client.containers.get(runtime_id)
        container = cls(client, wrapped.attrs["Config"]["Image"])
        container._container = wrapped
        return container

    def create(self) -> str:
        """Create the container without starting it and return its Docker id.

        Raises docker's ``APIError``, for an image that is not there too.
        """
        self._container = self._docker.client.containers.create(self.image, **self._kwargs)
        return self.get_container_id()

    def start(self) -> EcsContainer:
        """Start the created container; create it first if need be. Raises docker's ``APIError``."""
        if self._container is None:
            self.create()
        self.get_wrapped_container().start()
        return self

    def stop(self, force: bool = True, delete_volume: bool = True) -> None:  # noqa: FBT001, FBT002
        """Remove the container, as ``DockerContainer`` does; the shared client stays open."""
        if self._container is not None:
            self._container.remove(force=force, v=delete_volume)
