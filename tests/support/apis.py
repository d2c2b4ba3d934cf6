"""Our services without Docker: their APIs on moto's server, for what is refused and recorded."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import requests

from pytest_multidocker.aws.elasticache.backend import RedisBackend
from pytest_multidocker.aws.elasticache.responses import RedisResponse
from pytest_multidocker.aws.events import EventLog
from pytest_multidocker.aws.failures import answering, create_app
from pytest_multidocker.aws.moto_services import install_backend
from pytest_multidocker.aws.options import EmulatorOptions
from pytest_multidocker.aws.rds.backend import PostgresBackend, PostgresResponse
from support.beanstalk import Listener
from support.clients import client

_TARGET = "AmazonEC2ContainerServiceV20141113"


class Databases:
    """RDS and ElastiCache, beside moto's EC2. No database may be created: there is no Docker."""

    def __init__(self, listener: Listener, workdir: Path) -> None:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication

        emulator: Any = SimpleNamespace(
            options=EmulatorOptions(),
            run=SimpleNamespace(workdir=workdir, id="run"),
            events=EventLog(),
            closing=threading.Event(),
            endpoint_url=listener.url,
        )
        self._installed = [
            install_backend(emulator, "rds", PostgresBackend, PostgresResponse),
            install_backend(emulator, "elasticache", RedisBackend, RedisResponse),
        ]
        listener.app = answering(DomainDispatcherApplication(create_app))
        self.url = listener.url

    def api(self, service: str) -> Any:
        """A client of a service."""
        return client(self.url, service)

    def close(self) -> None:
        from moto.elasticache.models import ElastiCacheBackend
        from moto.rds.models import RDSBackend

        for backends, kind in zip(self._installed, (RDSBackend, ElastiCacheBackend), strict=True):
            backends.backend = kind
            backends.clear()


def signed(service: str) -> str:
    """The header Authorization of a request that nobody has signed in earnest."""
    scope = f"test/20260101/us-east-1/{service}/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=x"


def send_query(url: str, service: str, **parameters: str) -> requests.Response:
    """Send a request of the query protocol as it is: botocore would not send a wrong one."""
    headers = {"Authorization": signed(service)}
    return requests.post(url, data=parameters, headers=headers, timeout=10)


def send_json(url: str, service: str, operation: str | None, body: str) -> requests.Response:
    """Send a request of the JSON protocol as it is."""
    headers = {
        "Authorization": signed(service),
        "Content-Type": "application/x-amz-json-1.1",
        **({"X-Amz-Target": f"{_TARGET}.{operation}"} if operation else {}),
    }
    return requests.post(url, data=body, headers=headers, timeout=10)
