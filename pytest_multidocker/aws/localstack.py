"""A LocalStack that answers for S3, EC2, IAM and STS in the place of moto.

Requests for these services are passed on to it, so that whoever speaks to the emulator, its own
Elastic Beanstalk too, finds the same buckets and groups as who speaks to LocalStack itself. ECS,
Elastic Beanstalk, RDS and ElastiCache stay: their tasks and databases are the emulator's.
"""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from pytest_multidocker.errors import EmulatorError
from pytest_multidocker.local import open_directly

from .sites import relay
from .wsgi import peek

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

SERVICES = frozenset({"s3", "ec2", "iam", "sts"})
"""What is passed on, where LocalStack offers it."""

ACCOUNT_ID = "000000000000"
"""The account that LocalStack gives to clients that name no other (localstack/constants.py)."""

_TIMEOUT = 10.0  # seconds for its page of health
_SCOPE = re.compile(r"/\d{8}/[^/]*/([^/]+)/aws4_request")
_ACCOUNT = "HTTP_X_MOTO_ACCOUNT_ID"
"""moto's way to name an account, which LocalStack would heed in EC2 and IAM alone."""
_EC2_READS = re.compile(rb"(^|&)Action=(Describe|Get|List)")


def address(text: str) -> str:
    """Return the URL of a LocalStack that is named by a URL, or by HOST:PORT as LOCALSTACK_HOST is.

    Raises ValueError where it is neither, and for HTTPS, which a LocalStack on this machine does
    not need.
    """
    url = urlsplit(text if "://" in text else f"http://{text}")
    if url.scheme != "http" or not url.hostname or url.path.strip("/"):
        raise ValueError(f"{text!r} is neither http://HOST:PORT nor HOST:PORT of a LocalStack")
    return f"http://{url.hostname}:{url.port or 4566}"


def service_of(environ: dict[str, Any]) -> str | None:
    """Return the service that a request is signed for; ``None`` where it is not signed."""
    header, query = environ.get("HTTP_AUTHORIZATION", ""), parse_qs(environ.get("QUERY_STRING"))
    scope = _SCOPE.search(header) or _SCOPE.search("".join(query.get("X-Amz-Credential", ())))
    if scope is not None:
        return scope[1]
    # Only S3 still takes version 2 of the signature, and boto3 presigns with it in some regions.
    return "s3" if header.startswith("AWS ") or "AWSAccessKeyId" in query else None


class LocalStack:
    """A LocalStack at a URL. ``changed`` is called after what may have changed a security group."""

    def __init__(self, url: str, services: Iterable[str], changed: Callable[[], None]) -> None:
        parts = urlsplit(url)
        self.url = url
        self.services = frozenset(services)
        self._place = (parts.hostname or "", parts.port or 0)
        self._changed = changed

    @classmethod
    def find(cls, url: str, changed: Callable[[], None]) -> LocalStack:
        """Ask the LocalStack at a URL what it offers; raises EmulatorError where none answers."""
        try:
            with open_directly(f"{url}/_localstack/health", timeout=_TIMEOUT) as page:
                offered = json.load(page)["services"]
        except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
            raise EmulatorError(
                f"no LocalStack answers at {url}: {error}. Start it, or name another one with "
                "--localstack, LOCALSTACK_HOST or 'localstack' in [tool.multidocker]."
            ) from error
        return cls(
            url, SERVICES & {n for n, state in offered.items() if state != "disabled"}, changed
        )

    def takes(self, environ: dict[str, Any]) -> bool:
        """Tell whether a request is for one of its services."""
        return service_of(environ) in self.services

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        """Answer a request, in WSGI's form, with what LocalStack answers."""
        environ.pop(_ACCOUNT, None)
        is_change = service_of(environ) == "ec2" and not _EC2_READS.search(peek(environ))
        try:
            answer = relay(self._place, environ, start)
        except (OSError, http.client.HTTPException) as error:
            # botocore takes such a body for what stands before a service, and shows the status.
            start("503 Service Unavailable", [("Content-Type", "text/html")])
            return [f"<html>LocalStack at {self.url} does not answer: {error}</html>".encode()]
        if is_change:
            self._changed()
        return answer
