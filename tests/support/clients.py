"""boto3 clients on an emulator, told everything by the test and nothing by the shell."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config


def client(endpoint_url: str, service: str, region: str = "us-east-1") -> Any:
    """A client that asks once: a refused request is what a test wants to see."""
    make_client: Any = boto3.client
    return make_client(
        service,
        endpoint_url=endpoint_url,
        region_name=region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"max_attempts": 0}),
    )
