"""Who may speak to the emulator: this machine, its containers if asked, and no web page.

The emulator starts containers, so it must not take orders from elsewhere. A web page that the user
visits could send requests to a loopback port, or have a name of its own resolve to 127.0.0.1; the
browser then says so in `Origin` or `Host`.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pytest_multidocker.local import is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping

_OF_AWS = ".amazonaws.com"
"""A host that clients of AWS ask for. That of a page it may not be: anybody can have one there."""


@dataclass(frozen=True)
class Guard:
    """Decides by a request's WSGI environment.

    `networks` are those of containers that may call, `hosts` the further names by which they do.
    """

    networks: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()

    def reason_to_refuse(self, environ: Mapping[str, Any]) -> str | None:
        """Return why a request is refused, None if it is not."""
        remote = environ.get("REMOTE_ADDR", "")
        if not self.is_local(remote):
            return f"requests from {remote} are refused: multidocker serves this machine only"
        host = _host_of("//" + environ.get("HTTP_HOST", "localhost"))
        if not (self._is_own_name(host) or host.endswith(_OF_AWS)):
            return f"the host {host!r} is refused: use 127.0.0.1 or localhost"
        origin = environ.get("HTTP_ORIGIN")
        if origin is not None and not self._is_own_name(_host_of(origin)):
            return f"requests of web pages from {origin!r} are refused"
        return None

    def is_local(self, address: str) -> bool:
        """Return whether an address is of this machine, or of a container that may call."""
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return False
        ip = getattr(ip, "ipv4_mapped", None) or ip
        return ip.is_loopback or any(ip in ipaddress.ip_network(net) for net in self.networks)

    def _is_own_name(self, host: str) -> bool:
        return host in self.hosts or is_loopback(host)


def _host_of(url: str) -> str:
    """Return the host of a URL in lower case, "" where it has none (as in the origin `null`)."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""
