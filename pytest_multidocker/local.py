"""What is on this machine, and speaking to it past the proxies that the user's shell names."""

from __future__ import annotations

import ipaddress
import urllib.request
from typing import Any
from urllib.parse import urlsplit

_OF_DOCKER = "host.docker.internal"
"""This machine, as its containers may call it."""


def is_local(url: str) -> bool:
    """Return whether the host of a URL is this machine."""
    host = urlsplit(url).hostname or ""
    return host == _OF_DOCKER or is_loopback(host)


def is_loopback(host: str) -> bool:
    """Return whether a name or an address always leads to this machine, seen from itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def open_directly(request: str | urllib.request.Request, timeout: float) -> Any:
    """Do what ``urllib.request.urlopen`` does, through no proxy; ``timeout`` in seconds.

    Proxies are for the world outside: none of them leads to an emulator, and few say so clearly.
    """
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return opener.open(request, timeout=timeout)
