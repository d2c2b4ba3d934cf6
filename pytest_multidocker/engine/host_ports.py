"""The host ports that the agent chooses where a task definition leaves it the choice.

It goes through the machine's range of ephemeral ports, one after the other, and takes those that
nobody listens on. Source: ``agent/utils/ephemeral_ports.go`` and ``task.go:dockerPortMap`` of
amazon-ecs-agent. Where the agent would begin at the start of the range this begins anywhere in it,
so that two runs on one machine seldom try the same port at the same time.
"""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from ..dockerrun.model import PortMapping

_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_DEFAULT_RANGE = (49153, 65535)

IsFree = Callable[[int, str], bool]


class NoHostPort(Exception):  # noqa: N818 - it says what is the case
    """No port is free, or not as many in a row; the text is the agent's."""


class HostPorts:
    """Chooses the host ports of containers from ``ports``, the first and the last.

    The search begins at ``start``.
    """

    def __init__(
        self,
        ports: tuple[int, int] | None = None,
        *,
        start: int | None = None,
        is_free: IsFree | None = None,
    ) -> None:
        self._first, self._last = ports or machine_range()
        self._next = start or random.randint(self._first, self._last)  # noqa: S311 - no secret
        self._is_free = is_free or nobody_listens
        self._lock = threading.Lock()

    def choose(
        self, mapping: PortMapping, *, fixed: bool, restarts: bool = False
    ) -> Sequence[int | None]:
        """Return a host port for each container port of the mapping; ``None`` is Docker's choice.

        ``fixed`` is whether declared host ports are used. Otherwise Docker takes a free one, which
        it does without a race; chosen here are only ranges, and the ports of one that ``restarts``:
        Docker would take another one at each start. Raises :class:`NoHostPort`.
        """
        count = len(mapping.container_ports)
        if mapping.container_port_range is not None:
            first = self._take(count, mapping.protocol)
            return range(first, first + count)
        if fixed and mapping.host_port:
            return [mapping.host_port]
        return [self._take(1, mapping.protocol)] if fixed or restarts else [None]

    def _take(self, count: int, protocol: str) -> int:
        """Return the first of so many free ports in a row."""
        with self._lock:
            for start, end in ((self._next, self._last), (self._first, self._last)):
                first = self._search(start, end, count, protocol)
                if first is not None:
                    last = first + count - 1
                    self._next = last + 1 if last < self._last else self._first
                    return first
        few = "a host port is" if count == 1 else f"{count} contiguous host ports are"
        raise NoHostPort(f"error retrieving docker port map: {few} unavailable")

    def _search(self, start: int, end: int, count: int, protocol: str) -> int | None:
        in_a_row = 0
        for port in range(start, end + 1):
            in_a_row = in_a_row + 1 if self._is_free(port, protocol) else 0
            if in_a_row == count:
                return port - count + 1
        return None


def machine_range() -> tuple[int, int]:
    """Return the first and the last of the ports that this machine gives to whoever asks."""
    try:
        first, last = _RANGE.read_text().split()
    except (OSError, ValueError):
        return _DEFAULT_RANGE
    return int(first), int(last)


def nobody_listens(port: int, protocol: str) -> bool:
    """Tell whether a port of this machine could be listened on, at each of its addresses."""
    families = (
        [socket.AF_INET, socket.AF_INET6] if socket.has_dualstack_ipv6() else [socket.AF_INET]
    )
    kind = socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM
    return all(_may_bind(family, kind, port) for family in families)


def _may_bind(family: int, kind: int, port: int) -> bool:
    with socket.socket(family, kind) as probe:
        if family == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True
