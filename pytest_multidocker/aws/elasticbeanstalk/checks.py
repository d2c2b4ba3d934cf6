"""The health check of a load balancer: a connection, or a request and its status."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Container
from dataclasses import dataclass

_CLOSES_WITHIN = 0.05
"""Seconds within which Docker's proxy closes a connection where nothing listens behind it."""


@dataclass(frozen=True)
class Check:
    """What an instance is asked: the status of ``path``, or, without one, a connection only."""

    path: str | None
    codes: Container[int]
    timeout: float

    def __str__(self) -> str:
        return "a connection" if self.path is None else f"GET {self.path}"

    def passes(self, host: str, port: int) -> bool:
        """Return whether the instance at that address passes."""
        try:
            if self.path is None:
                return self._connects(host, port)
            return self._answers(host, port, self.path)
        except (OSError, http.client.HTTPException):
            return False

    def _connects(self, host: str, port: int) -> bool:
        with socket.create_connection((host, port), self.timeout) as connection:
            connection.settimeout(_CLOSES_WITHIN)
            try:
                return connection.recv(1) != b""
            except TimeoutError:
                return True  # it waits for a request

    def _answers(self, host: str, port: int, path: str) -> bool:
        connection = http.client.HTTPConnection(host, port, timeout=self.timeout)
        try:
            connection.request("GET", path, headers={"User-Agent": "ELB-HealthChecker/2.0"})
            return connection.getresponse().status in self.codes
        finally:
            connection.close()
