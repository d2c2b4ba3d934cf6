"""Looking at the network as a container sees it, whatever the container's image holds.

A probe is a container of a busybox image that shares another one's network: its interfaces, its
ports, and its ``/etc/hosts``. Nothing is run in the user's container.
"""

from __future__ import annotations

import io
import struct
import tarfile
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING

from ..engine.helper import start_helper
from .bounded import within

if TYPE_CHECKING:
    from docker import DockerClient

_LISTEN = "0A"  # the state in /proc/net/tcp
_CONNECT_TIMEOUT = 2  # seconds
_EXEC_TIMEOUT = 30.0  # seconds; the longest, a connection that nobody answers, takes two


class Probe:
    """The view from inside one running container. Made at once, removed by :meth:`close`."""

    def __init__(
        self, client: DockerClient, image: str, runtime_id: str, labels: Mapping[str, str]
    ) -> None:
        self._container = start_helper(
            client, image, network_mode=f"container:{runtime_id}", labels=dict(labels)
        )

    def close(self) -> None:
        """Remove the probe."""
        from docker.errors import NotFound

        try:
            self._container.remove(force=True)
        except NotFound:
            return

    def hosts(self) -> dict[str, str]:
        """Return the names that the container's ``/etc/hosts`` knows, with their addresses."""
        return parse_hosts(self._run("cat", "/etc/hosts")[1])

    def listening(self) -> dict[int, bool]:
        """Return the TCP ports that are listened on, and whether from outside the container too."""
        return parse_listening(self._run("cat", "/proc/net/tcp", "/proc/net/tcp6")[1])

    def connects(self, address: str, port: int) -> bool:
        """Tell whether a TCP connection from the container succeeds within two seconds."""
        timeout = str(_CONNECT_TIMEOUT)
        status, _ = self._run("nc", "-w", timeout, address, str(port), "-e", "true")
        return status == 0

    def busybox(self) -> bytes:
        """Return the probe's own program: a busybox that runs in any image."""
        archive = io.BytesIO(b"".join(self._container.get_archive("/bin/busybox")[0]))
        with tarfile.open(fileobj=archive) as tar:
            program = next(m for m in tar.getmembers() if m.isfile())
            stream = tar.extractfile(program)
            return stream.read() if stream is not None else b""

    def _run(self, *command: str) -> tuple[int, str]:
        status, output = within(
            _EXEC_TIMEOUT,
            f"'{command[0]}' in a probe",
            lambda: self._container.exec_run(["busybox", *command]),
        )
        text = output if isinstance(output, bytes) else b"".join(output)
        return status or 0, text.decode(errors="replace")


def parse_hosts(text: str) -> dict[str, str]:
    """Return name → address of an ``/etc/hosts``; the first line of a name counts."""
    names: dict[str, str] = {}
    for line in text.splitlines():
        address, *aliases = line.partition("#")[0].split() or [""]
        for alias in aliases:
            names.setdefault(alias, address)
    return names


def parse_listening(text: str) -> dict[int, bool]:
    """Return port → whether it is reachable from outside, of ``/proc/net/tcp`` and ``tcp6``."""
    ports: dict[int, bool] = {}
    for line in text.splitlines():
        fields = line.split()
        if len(fields) > 3 and fields[3] == _LISTEN:  # noqa: PLR2004
            address, _, port = fields[1].partition(":")
            number = int(port, 16)
            ports[number] = ports.get(number, False) or not _address(address).is_loopback
    return ports


def _address(digits: str) -> IPv4Address | IPv6Address:
    # The kernel prints each 32 bit word in the machine's own byte order.
    words = [int(digits[i : i + 8], 16) for i in range(0, len(digits), 8)]
    found = ip_address(struct.pack(f"={len(words)}I", *words))
    return getattr(found, "ipv4_mapped", None) or found
