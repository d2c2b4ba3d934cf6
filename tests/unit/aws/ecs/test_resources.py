"""Fetching secrets and environment files, from moto in this process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from pytest_multidocker.aws.ecs.resources import TaskResources
from pytest_multidocker.dockerrun import parse_containers
from pytest_multidocker.ecs.definition import TaskDefinition
from pytest_multidocker.ecs.environment import Unavailable
from pytest_multidocker.engine.identity import TaskIdentity

ROLE = "arn:aws:iam::123456789012:role/execution"
NONE = "arn:aws:secretsmanager:us-east-1:123456789012:secret:none"


class Aws:
    """The services, and who was asked for a client of which."""

    def __init__(self) -> None:
        self.connected: list[tuple[str, str]] = []

    def client(self, service: str, region: str = "us-east-1") -> Any:
        self.connected.append((service, region))
        make: Any = boto3.client
        return make(service, region_name=region)

    def fetch(self, *containers: dict[str, Any], role: str | None = ROLE) -> dict[str, Any]:
        """Return the variables of each container."""
        definition = TaskDefinition(
            "f", 1, parse_containers([*containers]), execution_role_arn=role
        )
        task = TaskIdentity("arn:aws:ecs:us-east-1:123456789012:task/c/1", "c", definition)
        found = TaskResources(self.client).fetch(task)
        return {name: dict(container.environment) for name, container in found.items()}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        yield Aws()


def secrets(**value_from: str) -> list[dict[str, str]]:
    return [{"name": name, "valueFrom": value} for name, value in value_from.items()]


def test_each_container_gets_its_own(aws: Aws) -> None:
    aws.client("ssm").put_parameter(Name="/key", Value="k", Type="SecureString")
    found = aws.fetch(
        {"name": "a", "secrets": secrets(KEY="/key"), "environment": [{"name": "X", "value": "1"}]},
        {"name": "b", "secrets": secrets(OTHER="/key")},
        {"name": "c"},
    )
    assert found == {"a": {"X": "1", "KEY": "k"}, "b": {"OTHER": "k"}, "c": {}}


def test_more_parameters_than_one_request_may_name(aws: Aws) -> None:
    ssm = aws.client("ssm")
    names = [f"/p{number}" for number in range(23)]
    for name in names:
        ssm.put_parameter(Name=name, Value=name.upper(), Type="String")
    wanted = {f"V{name[1:]}": name for name in names}
    found = aws.fetch({"name": "a", "secrets": secrets(**wanted)})
    assert found["a"] == {variable: name.upper() for variable, name in wanted.items()}


def test_a_secret_is_asked_for_in_the_region_of_its_arn(aws: Aws) -> None:
    manager = aws.client("secretsmanager", "eu-west-1")
    arn = manager.create_secret(Name="s", SecretString="there")["ARN"]
    name = "arn:aws:ssm:eu-west-1:123456789012:parameter/p"
    aws.client("ssm", "eu-west-1").put_parameter(Name="/p", Value="too", Type="String")
    aws.connected.clear()
    assert aws.fetch({"name": "a", "secrets": secrets(S=arn, P=name)})["a"] == {
        "S": "there",
        "P": "too",
    }
    assert sorted(aws.connected) == [("secretsmanager", "eu-west-1"), ("ssm", "eu-west-1")]


def test_a_binary_secret_is_nothing(aws: Aws) -> None:
    manager = aws.client("secretsmanager")
    arn = manager.create_secret(Name="s", SecretBinary=b"\x00")["ARN"]
    assert aws.fetch({"name": "a", "secrets": secrets(S=arn)})["a"] == {"S": ""}


def test_all_secrets_that_are_missing_are_named(aws: Aws) -> None:
    with pytest.raises(Unavailable) as caught:
        aws.fetch({"name": "a", "secrets": secrets(A=NONE, B=f"{NONE}-too")})
    first, second = str(caught.value).split(";")
    assert f"with ARN '{NONE}' from" in first
    assert f"with ARN '{NONE}-too' from" in second


def test_a_bucket_that_is_not_there_is_told_as_the_sdk_does(aws: Aws) -> None:
    files = [{"type": "s3", "value": "arn:aws:s3:::nowhere/a.env"}]
    with pytest.raises(Unavailable) as caught:
        aws.fetch({"name": "a", "environmentFiles": files})
    words = "unable to download env file with key a.env from bucket nowhere, error: operation error"
    assert str(caught.value).startswith(f"{words} S3: GetObject, https response error StatusCode: ")
    assert "api error NoSuchBucket: " in str(caught.value)


@pytest.mark.parametrize(
    ("container", "words"),
    [
        ({"secrets": secrets(A="/key")}, "ssm secret resource"),
        ({"secrets": secrets(A=NONE)}, "ASM secret resource"),
        (
            {"environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::b/k"}]},
            "environment file resource",
        ),
    ],
)
def test_nothing_is_fetched_without_a_role(aws: Aws, container: dict[str, Any], words: str) -> None:
    with pytest.raises(Unavailable, match=f"{words}: unable to find execution role credentials"):
        aws.fetch({"name": "a", **container}, role=None)
    assert aws.connected == []


def test_a_file_that_is_no_text_is_read_as_far_as_it_is(aws: Aws) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="files")
    s3.put_object(Bucket="files", Key="k", Body=b"A=\xff\nB=2")
    files = [{"type": "s3", "value": "arn:aws:s3:::files/k"}]
    found = aws.fetch({"name": "a", "environmentFiles": files})
    assert found["a"] == {"A": "\N{REPLACEMENT CHARACTER}", "B": "2"}
