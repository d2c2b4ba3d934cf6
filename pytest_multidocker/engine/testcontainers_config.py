"""testcontainers set up for use inside the emulator, whatever the user's shell says."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from .status import read_status

if TYPE_CHECKING:
    from docker import DockerClient

LOOPBACK = "127.0.0.1"
_POLL_INTERVAL = 0.1  # seconds


def configure(client: DockerClient) -> bool:
    """Set testcontainers up in this process; return whether published ports are on loopback here.

    Its reaper is off: the emulator removes what it made, and one that needs an image of its own
    would fail where no registry is in reach. The image prefix is off, as images are chosen before.

    testcontainers takes a machine with a file `/.dockerenv` for a container, and its Docker Engine
    for one outside of it. So it is told where the engine's ports are, if we can tell: where the
    bridge's gateway is an address of this machine, the engine runs here.
    """
    from testcontainers.core.config import ConnectionMode, testcontainers_config

    testcontainers_config.ryuk_disabled = True
    testcontainers_config.sleep_time = _POLL_INTERVAL
    testcontainers_config.hub_image_name_prefix = ""
    local = _is_own_address(read_status(client).default_bridge)
    if local:
        testcontainers_config.connection_mode_override = ConnectionMode.docker_host
        testcontainers_config.tc_host_override = LOOPBACK
    return local


def _is_own_address(address: str | None) -> bool:
    """Return whether `address` is one of this machine's: only then can a socket be bound to it."""
    if address is None:
        return False
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
