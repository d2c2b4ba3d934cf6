"""The AWS account that steps work on: its clients, and waiting for what it has begun."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from ..errors import DeployError
from ..local import is_local
from ..project.ci import AccessKey

if TYPE_CHECKING:
    import boto3

_T = TypeVar("_T")

_LOCAL_PAUSE = 0.1  # seconds between looks at an emulator on this machine
_REMOTE_PAUSE = 5.0  # seconds between looks at an AWS that counts requests
_CONNECT_TIMEOUT = 10.0  # seconds
_DEPLOYING = {"s3", "elasticbeanstalk"}
"""What CI's own deploy speaks to."""


class Cancelled(Exception):  # noqa: N818 - it says what has been done, not that something broke
    """Another step has failed, or the user has pressed Ctrl-C: there is no point in going on."""


class Account:
    """An account at an endpoint.

    ``endpoint_url`` is where all services are; ``AWS_ENDPOINT_URL_S3`` and the like move single
    ones, as AWS's own clients have it. A host that is not this machine is refused unless it ends in
    ``allow_host``: what is created costs money there, and what is deleted is gone. With
    ``deployer``, an access key, S3 and Elastic Beanstalk are spoken to as that user, as CI does.
    """

    def __init__(
        self,
        endpoint_url: str,
        region: str,
        *,
        allow_host: str | None = None,
        deployer: AccessKey | None = None,
    ) -> None:
        self.endpoint_url = endpoint_url
        self.region = region
        self._allow_host = allow_host
        self._deployer = deployer
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self._check(endpoint_url)

    @property
    def is_local(self) -> bool:
        """Whether the endpoint is on this machine."""
        return is_local(self.endpoint_url)

    def client(self, service: str) -> Any:
        """Return the boto3 client of a service, one for all threads.

        Raises :class:`DeployError` where it would talk to a host that has not been allowed.
        """
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._make(service)
            return self._clients[service]

    def until(
        self, what: str, look: Callable[[], _T | None], *, timeout: float, why: str = ""
    ) -> _T:
        """Look again and again until there is something to see, and return it.

        AWS tells nobody when it is done, so there is nothing better to wait for. Raises
        :class:`DeployError` after ``timeout`` seconds, :class:`Cancelled` where waiting is idle.
        """
        deadline = time.monotonic() + timeout
        while True:
            if (seen := look()) is not None:
                return seen
            if time.monotonic() > deadline:
                raise DeployError(f"{what} within {timeout:g} s, but has not.{why}")
            if self._cancelled.wait(_LOCAL_PAUSE if self.is_local else _REMOTE_PAUSE):
                raise Cancelled

    def until_gone(self, name: str, is_there: Callable[[], bool], *, timeout: float) -> None:
        """Look until something is there no more; raises as :meth:`until` does."""
        what = f"{name} should have gone"
        self.until(what, lambda: None if is_there() else True, timeout=timeout)

    def require(self) -> None:
        """Raise :class:`DeployError` unless something answers at the endpoint."""
        host = urlsplit(self.endpoint_url)
        port = host.port or {"http": 80, "https": 443}.get(host.scheme, 0)
        try:
            socket.create_connection((host.hostname, port), timeout=_CONNECT_TIMEOUT).close()
        except OSError as error:
            hint = " Start `multidocker serve` first." if self.is_local else ""
            raise DeployError(f"nothing answers at {self.endpoint_url}: {error}.{hint}") from error

    @property
    def is_cancelled(self) -> bool:
        """Whether no step is to wait, or to begin, any more."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Let no step wait any more."""
        self._cancelled.set()

    def _make(self, service: str) -> Any:
        from botocore.config import Config

        own = os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}")
        endpoint_url = own or self.endpoint_url
        self._check(endpoint_url)
        config = Config(retries={"max_attempts": 3}, connect_timeout=10, read_timeout=60)
        make: Any = self._session(service, endpoint_url).client
        return make(service, endpoint_url=endpoint_url, region_name=self.region, config=config)

    def _session(self, service: str, endpoint_url: str) -> boto3.Session:
        import boto3

        from ..emulator_session import EmulatorSession

        key = self._deployer if service in _DEPLOYING else None
        if is_local(endpoint_url):  # the user's profiles have no business here
            named = (key.id, key.secret) if key is not None else _named_key()
            return EmulatorSession(endpoint_url, self.region, *named)
        if key is None:
            return boto3.Session()
        return boto3.Session(aws_access_key_id=key.id, aws_secret_access_key=key.secret)

    def _check(self, endpoint_url: str) -> None:
        host = urlsplit(endpoint_url).hostname
        if not host:
            raise DeployError(f"{endpoint_url} is no URL of an endpoint, such as http://HOST:PORT.")
        allowed = self._allow_host
        if is_local(endpoint_url) or (
            allowed and (host == allowed or host.endswith(f".{allowed}"))
        ):
            return
        raise DeployError(
            f"{endpoint_url} is not on this machine: what is created there may cost money, and "
            f"what is deleted is gone. If you want just that, say so with --allow-host {host}."
        )


def _named_key() -> tuple[str, str, str | None]:
    """Return id, secret and token of the environment's key; of any where it has none."""
    if not (key := os.environ.get("AWS_ACCESS_KEY_ID")):
        return "test", "test", None
    return key, os.environ.get("AWS_SECRET_ACCESS_KEY", ""), os.environ.get("AWS_SESSION_TOKEN")
