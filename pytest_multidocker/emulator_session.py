"""A boto3 session whose clients speak to an emulator, whatever the user's shell says.

botocore fails where ``AWS_PROFILE`` names a profile that does not exist, or a file of profiles is
broken; and it would send what is for this machine to the proxy of the network.
"""

from __future__ import annotations

import os
from typing import Any

import boto3
import botocore.session
from botocore.config import Config


class EmulatorSession(boto3.Session):
    """``boto3.Session`` with an emulator as the endpoint of every client and resource.

    Nothing of the user's AWS settings is read, neither files nor variables. ``key`` is the access
    key's id, by which the emulator knows its own clients; the secret is asked for only where it
    authenticates.
    """

    def __init__(
        self,
        endpoint_url: str,
        region: str,
        key: str = "multidocker",
        secret: str = "multidocker",  # noqa: S107 - the emulator asks for none
        token: str | None = None,
    ) -> None:
        super().__init__(
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
            region_name=region,
            botocore_session=without_settings(),
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
        config = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2}, proxies={})
        merged = config.merge(options["config"]) if options.get("config") else config
        return {"endpoint_url": self.endpoint_url, **options, "config": merged}


def without_settings() -> botocore.session.Session:
    """Return a session of botocore's defaults, for which no variable and no file counts."""
    known = botocore.session.Session.SESSION_VARIABLES
    defaults = {
        name: (option, None, default, convert)
        for name, (option, _variable, default, convert) in known.items()
    }
    for name in ("config_file", "credentials_file"):
        defaults[name] = (None, None, os.devnull, None)
    return botocore.session.Session(session_vars=defaults)
