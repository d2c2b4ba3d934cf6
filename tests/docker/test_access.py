"""IAM decides, where that is switched on: about clients, tasks' roles and the deploy of CI."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from support.clients import client

from pytest_multidocker.aws.options import EmulatorOptions
from pytest_multidocker.aws.process import EmulatorProcess, start_emulator
from pytest_multidocker.deploy.identity import USER_POLICIES

TRAVIS = """\
script: "true"
deploy:
  provider: elasticbeanstalk
  app: shop
  env: shop-env
  access_key_id: $AWS_ACCESS_KEY
  secret_access_key: $AWS_SECRET_KEY
  on: {all_branches: true}
"""
SERVE = "mkdir -p /www && echo served > /www/index.html && exec httpd -f -p 80 -h /www"
Key = tuple[str, str]


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorProcess]:
    with start_emulator(EmulatorOptions(authenticate=True)) as process:
        yield process


@pytest.fixture(scope="module")
def iam(emulator: EmulatorProcess) -> Any:
    return client(emulator.endpoint_url, "iam")


@pytest.fixture
def user(iam: Any, request: pytest.FixtureRequest) -> Callable[..., Key]:
    """Makes a user with these managed policies, and returns its access key."""

    def make(name: str, *policies: str) -> Key:
        iam.create_user(UserName=name)
        for policy in policies:
            iam.attach_user_policy(UserName=name, PolicyArn=policy)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"]

    return make


def refusal(emulator: EmulatorProcess, service: str, key: Key, operation: str, **given: Any) -> Any:
    """What a client with that key is answered: code and message, or the answer."""
    make: Any = boto3.client
    config = Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"})
    clients = {"aws_access_key_id": key[0], "aws_secret_access_key": key[1], "config": config}
    asked = make(service, endpoint_url=emulator.endpoint_url, region_name="us-east-1", **clients)
    try:
        return getattr(asked, operation)(**given)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]


ASKED = [
    ("elasticbeanstalk", "describe_applications", {}, "AccessDenied"),
    ("iam", "list_users", {}, "AccessDenied"),
    ("rds", "describe_db_instances", {}, "AccessDenied"),
    ("elasticache", "describe_cache_clusters", {}, "AccessDenied"),
    ("ecs", "list_clusters", {}, "AccessDeniedException"),
    ("secretsmanager", "list_secrets", {}, "AccessDeniedException"),
    ("lambda", "list_functions", {}, "AccessDeniedException"),
    ("ec2", "describe_security_groups", {}, "UnauthorizedOperation"),
    ("s3", "list_buckets", {}, "AccessDenied"),
    ("s3", "put_object", {"Bucket": "bundles", "Key": "a b/ü", "Body": b"1"}, "AccessDenied"),
]


def test_a_user_may_what_the_policies_allow(
    emulator: EmulatorProcess, user: Callable[..., Key]
) -> None:
    nobody, anybody = (
        user("nobody"),
        user("anybody", "arn:aws:iam::aws:policy/AdministratorAccess"),
    )
    refusal(emulator, "s3", ("test", "test"), "create_bucket", Bucket="bundles")
    for service, operation, given, code in ASKED:
        told = refusal(emulator, service, nobody, operation, **given)
        assert told[0] == code
        assert "User: arn:aws:iam::123456789012:user/nobody is not authorized" in told[1]
        for key in (anybody, ("test", "test")):
            answer = refusal(emulator, service, key, operation, **given)
            assert isinstance(answer, dict), (service, answer)
    assert refusal(emulator, "sts", nobody, "get_caller_identity")["Arn"].endswith("user/nobody")


def test_wrong_secrets_and_unknown_keys_are_told_apart(
    emulator: EmulatorProcess, user: Callable[..., Key]
) -> None:
    wrong, unknown = (user("wrong")[0], "x" * 40), ("AKIAQWERTYUIOPASDFGH", "x" * 40)
    expected = {
        "elasticbeanstalk": ("SignatureDoesNotMatch", "InvalidClientTokenId"),
        "ecs": ("InvalidSignatureException", "UnrecognizedClientException"),
        "ec2": ("AuthFailure", "AuthFailure"),
        "s3": ("SignatureDoesNotMatch", "InvalidAccessKeyId"),
    }
    for service, operation, given, _ in ASKED:
        if service in expected:
            found = [
                refusal(emulator, service, key, operation, **given) for key in (wrong, unknown)
            ]
            assert tuple(code for code, _ in found) == expected[service]


def test_a_task_has_the_rights_of_its_role(emulator: EmulatorProcess, iam: Any) -> None:
    service = {"Service": "ecs-tasks.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
    iam.create_role(
        RoleName="reader",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": trust}),
    )
    allowed = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}
    iam.put_role_policy(
        RoleName="reader",
        PolicyName="reads",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": allowed}),
    )
    role = client(emulator.endpoint_url, "sts").assume_role(
        RoleArn="arn:aws:iam::123456789012:role/reader", RoleSessionName="task"
    )["Credentials"]
    session = boto3.Session(role["AccessKeyId"], role["SecretAccessKey"], role["SessionToken"])
    make: Any = session.client
    s3 = make("s3", endpoint_url=emulator.endpoint_url, region_name="us-east-1")
    assert "Buckets" in s3.list_buckets()
    with pytest.raises(ClientError, match="assumed-role/reader/task is not authorized to perform"):
        s3.create_bucket(Bucket="of-a-task")


@pytest.fixture
def project(tmp_path: Path, busybox: str) -> Path:
    container = {
        "name": "web",
        "image": busybox,
        "memory": 16,
        "stopTimeout": 2,
        "command": ["sh", "-c", SERVE],
        "portMappings": [{"hostPort": 80, "containerPort": 80}],
    }
    dockerrun = {"AWSEBDockerrunVersion": 2, "containerDefinitions": [container]}
    (tmp_path / "Dockerrun.aws.json").write_text(json.dumps(dockerrun))
    (tmp_path / ".travis.yml").write_text(TRAVIS)
    return tmp_path


def multidocker(
    verb: str, project: Path, emulator: EmulatorProcess, key: Key
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest_multidocker", verb, str(project)]
    return subprocess.run(
        [*command, "--endpoint-url", emulator.endpoint_url],
        env={**os.environ, "AWS_ACCESS_KEY": key[0], "AWS_SECRET_KEY": key[1]},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_ci_deploys_with_the_rights_of_its_user(
    emulator: EmulatorProcess, iam: Any, user: Callable[..., Key], project: Path
) -> None:
    key = user("ci")
    done = multidocker("ci", project, emulator, key)
    assert done.returncode == 2
    assert (
        "was refused: AccessDenied: User: arn:aws:iam::123456789012:user/ci is not" in done.stderr
    )
    assert "authorized to perform: " in done.stderr

    for policy in USER_POLICIES:
        iam.attach_user_policy(UserName="ci", PolicyArn=policy)
    done = multidocker("ci", project, emulator, key)
    assert done.returncode == 0, done.stderr
    assert "environment shop-env: Green at http://" in done.stdout
    assert key[1] not in done.stdout + done.stderr

    done = multidocker("destroy", project, emulator, key)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "nothing is left"), done.stderr
