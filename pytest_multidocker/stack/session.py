"""A boto3 session whose clients speak to the emulator, whatever the user's shell says."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config


class EmulatorSession(boto3.Session):
    """``boto3.Session`` with the emulator as the endpoint of every client and resource."""

    def __init__(self, endpoint_url: str, region: str) -> None:
        super().__init__(
            aws_access_key_id="multidocker",
            aws_secret_access_key="multidocker",  # noqa: S106 - the emulator asks for none
            region_name=region,
        )
        self.endpoint_url = endpoint_url

    def client(self, service_name: str, *args: Any, **options: Any) -> Any:
        """Return a client of the emulator; the arguments are those of ``boto3.Session``."""
        return super().client(service_name, *args, **self._local(options))  # type: ignore[call-overload]

    def resource(self, service_name: str, *args: Any, **options: Any) -> Any:
        """Return a resource of the emulator; the arguments are those of ``boto3.Session``."""
        return super().resource(service_name, *args, **self._local(options))  # type: ignore[call-overload]

    def _local(self, options: dict[str, Any]) -> dict[str, Any]:
        # A bucket's name must not become part of a host name that no resolver knows.
        config = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2})
        merged = config.merge(options["config"]) if options.get("config") else config
        return {"endpoint_url": self.endpoint_url, **options, "config": merged}
