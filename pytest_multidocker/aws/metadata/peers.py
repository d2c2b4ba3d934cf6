"""Other endpoints on this machine: what their containers ask of us is passed on to them.

Of the rules that lead to the endpoints of several emulators the kernel takes the first. An id's
last part says whose it is, and that endpoint's own rule where it listens.
"""

from __future__ import annotations

import contextlib
import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...engine.redirection import redirections

PASSED_ON = "X-Multidocker-Passed-On"
"""The header of a request that has been passed on, and is not passed on again."""

_TIMEOUT = 10  # seconds


@dataclass(frozen=True)
class Answer:
    """What an endpoint answers."""

    status: int
    content_type: str
    body: bytes


def pass_on(container_id: str, environ: Mapping[str, Any]) -> Answer | None:
    """Return what the endpoint that gave out the id answers to the request (in WSGI's form).

    ``None`` where no other endpoint on this machine has given it out, or that does not answer.
    """
    if _variable(PASSED_ON) in environ:
        return None
    endpoint = container_id.rpartition("-")[2]
    rule = next((rule for rule in redirections() if rule.endpoint == endpoint), None)
    if rule is None:
        return None
    # From the bridge's own address Docker's masquerading would give it that of another network.
    connection = http.client.HTTPConnection(
        rule.host, rule.port, timeout=_TIMEOUT, source_address=("127.0.0.1", 0)
    )
    with contextlib.closing(connection):
        try:
            connection.request(
                environ["REQUEST_METHOD"],
                environ["PATH_INFO"],
                body_of(environ),
                {"Content-Type": environ.get("CONTENT_TYPE") or "application/json", PASSED_ON: "1"},
            )
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers.get_content_type(), answer.read())
        except (OSError, http.client.HTTPException):
            return None


def body_of(environ: Mapping[str, Any]) -> bytes:
    """Return the body of a request."""
    length = environ.get("CONTENT_LENGTH") or "0"
    body: bytes = environ["wsgi.input"].read(int(length)) if length.isdecimal() else b""
    return body


def _variable(header: str) -> str:
    return "HTTP_" + header.upper().replace("-", "_")
