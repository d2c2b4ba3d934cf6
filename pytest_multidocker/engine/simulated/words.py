"""Docker's own words for what it refuses, as Engine 20.10 and later have them.

Source: ``daemon/daemon_unix.go``, ``daemon/container_operations_unix.go`` and
``libnetwork/portallocator`` of moby; seen on an Engine.
"""

from __future__ import annotations

MEMORY_TOO_LOW = "Minimum memory limit allowed is 6MB"
RESERVATION_TOO_LOW = "Minimum memory reservation allowed is 6MB"
RESERVATION_ABOVE_LIMIT = (
    "Minimum memory limit can not be less than memory reservation limit, see usage"
)
LINKS_ON_HOST_NETWORK = (
    "conflicting options: host type networking can't be used with links. "
    "This would result in undefined behavior"
)


def no_such_image(image: str) -> str:
    """Return what is said where no image is there."""
    return f"No such image: {image}"


def not_running(target: str, container: str, alias: str) -> str:
    """Return what is said of a link to a container that is dead; the names are Docker's."""
    return f"Cannot link to a non running container: /{target} AS /{container}/{alias}"


def not_linkable(target: str) -> str:
    """Return what is said of a link to a container without a network."""
    return f"Cannot link to /{target}, as it does not belong to the default network"


def port_taken(container: str, endpoint: str, host_port: int) -> str:
    """Return what is said where another container has the host port."""
    return (
        f"driver failed programming external connectivity on endpoint {container} ({endpoint}): "
        f"Bind for 0.0.0.0:{host_port} failed: port is already allocated"
    )


def not_executable(program: str) -> str:
    """Return what is said of a command whose program is not in the image."""
    return (
        "failed to create shim task: OCI runtime create failed: runc create failed: unable to "
        f'start container process: exec: "{program}": stat {program}: no such file or directory: '
        "unknown"
    )
