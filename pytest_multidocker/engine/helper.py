"""Containers that help: they stand beside a container of the user's and do what it need not."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container


def start_helper(client: DockerClient, image: str, **options: Any) -> Container:
    """Create and start a container with docker-py's ``options``, and return it.

    One that cannot be started, as the container beside it has ended, is not left behind. Raises
    docker's ``APIError``.
    """
    from docker.errors import NotFound

    helper = client.containers.create(image, **options)
    try:
        helper.start()
    except BaseException:
        with suppress(NotFound):
            helper.remove(force=True)
        raise
    return helper
