"""boto3 clients on an emulator, told everything by the test and nothing by the shell."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError


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


def refusal(call: Callable[..., Any], **arguments: Any) -> tuple[str, str]:
    """The code and the message of the error with which a call is answered."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def make_role(endpoint_url: str, name: str) -> str:
    """The ARN of a role of IAM, which is made where there is none of the name."""
    iam = client(endpoint_url, "iam")
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    return str(iam.get_role(RoleName=name)["Role"]["Arn"])
