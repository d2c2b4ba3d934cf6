"""A deploy with S3, EC2, IAM and STS on a LocalStack, which runs in a process of its own.

`tox -e localstack` runs it: LocalStack needs another Python, and another moto.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from docker import DockerClient
from support.clients import client
from support.served import Program, Serve, pointed_at

from pytest_multidocker.engine.run import RUN_LABEL

SETTINGS = """\
[tool.multidocker.deploy]
application = "shop"

[tool.multidocker.environment]
REDIS_HOST = "${elasticache.shop-redis.address}"

[tool.multidocker.elasticache.shop-redis]
"""
SERVE = """
mkdir -p /www/cgi-bin
printf '#!/bin/sh\\necho\\necho PING | nc -w 3 $REDIS_HOST 6379\\n' > /www/cgi-bin/ping
chmod +x /www/cgi-bin/ping
exec httpd -f -h /www
"""
BUCKET = "elasticbeanstalk-us-east-1-000000000000"


class LocalStack:
    """A LocalStack in host mode, which asks nothing of the network."""

    def __init__(self, folder: Path) -> None:
        python = os.environ.get("LOCALSTACK_PYTHON", "")
        assert Path(python).is_file(), "`tox -e localstack` installs LocalStack"
        self.place = f"127.0.0.1:{_free_port()}"
        self.url = f"http://{self.place}"
        self._process = subprocess.Popen(
            [python, "-m", "localstack.runtime.main"],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(folder),
                "TMPDIR": str(folder),
                "GATEWAY_LISTEN": self.place,
                "FILESYSTEM_ROOT": str(folder),
                "DISABLE_EVENTS": "1",
                "SKIP_SSL_CERT_DOWNLOAD": "1",
                "DNS_ADDRESS": "0",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdout is not None
        said = []
        for line in self._process.stdout:
            said.append(line)
            if line.strip() == "Ready.":
                break
        else:
            pytest.fail("".join(said))
        self._reader = threading.Thread(target=self._process.stdout.read, daemon=True)
        self._reader.start()  # it must not be kept waiting for somebody who reads

    def client(self, service: str) -> Any:
        """Return the client that LocalStack's own library makes."""
        from localstack_client.session import Session

        return Session(localstack_host=self.place, region_name="us-east-1").client(service)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(30)
        self._reader.join(30)
        assert self._process.stdout is not None
        self._process.stdout.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture(scope="module")
def localstack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    started = LocalStack(tmp_path_factory.mktemp("localstack"))
    yield started
    started.close()


@pytest.fixture(scope="module")
def serve(localstack: LocalStack) -> Iterator[Serve]:
    started = Serve(environment={"LOCALSTACK_HOST": localstack.place})
    yield started
    assert started.interrupt() == (0, "")


@pytest.fixture
def project(tmp_path: Path, image: str) -> Path:
    container = {
        "name": "web",
        "image": image,
        "memory": 16,
        "essential": True,
        "stopTimeout": 2,
        "command": ["sh", "-c", SERVE],
        "portMappings": [{"hostPort": 80, "containerPort": 80}],
    }
    dockerrun = {"AWSEBDockerrunVersion": 2, "containerDefinitions": [container]}
    (tmp_path / "Dockerrun.aws.json").write_text(json.dumps(dockerrun))
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    return tmp_path


@pytest.mark.parametrize("way", ["passed on", "variables"])
def test_a_project_is_deployed_over_it_and_removed(
    way: str, localstack: LocalStack, serve: Serve, engine: DockerClient, project: Path
) -> None:
    variables = pointed_at(serve.url, project)
    if way == "variables":
        services = ("S3", "EC2", "IAM", "STS")
        variables |= {f"AWS_ENDPOINT_URL_{service}": localstack.url for service in services}
    multidocker = Program("multidocker", variables, project)

    url = multidocker("deploy", ".", "--endpoint-url", serve.url).splitlines()[-1]

    assert_it_is_there(localstack)
    assert requests.get(f"{serve.url}/{BUCKET}", timeout=10).status_code == 404  # moto's S3
    assert_groups_decide(localstack, serve, f"{url}/cgi-bin/ping")

    said = multidocker("destroy", ".", "--endpoint-url", serve.url).splitlines()
    assert said[-1] == "nothing is left"
    assert localstack.client("s3").list_buckets()["Buckets"] == []
    assert localstack.client("iam").list_users()["Users"] == []
    of_tasks = {"label": f"{RUN_LABEL}={serve.run_id}", "name": "ecs-awseb"}
    assert engine.api.containers(all=True, filters=of_tasks) == []


def assert_it_is_there(localstack: LocalStack) -> None:
    objects = localstack.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    assert [entry["Key"] for entry in objects if re.fullmatch(r"shop/.*\.zip", entry["Key"])]
    (user,) = localstack.client("iam").list_users()["Users"]
    assert user["UserName"] == "shop-deployer"
    running = [
        {"Name": "instance-state-name", "Values": ["running"]},
        {"Name": "tag:elasticbeanstalk:environment-name", "Values": ["shop-env"]},
    ]
    (reservation,) = localstack.client("ec2").describe_instances(Filters=running)["Reservations"]
    assert len(reservation["Instances"]) == 1


def assert_groups_decide(localstack: LocalStack, serve: Serve, ping: str) -> None:
    """The database answers by a rule that LocalStack keeps, and without it no more."""
    assert requests.get(ping, timeout=10).text.strip() == "+PONG"

    named = [{"Name": "group-name", "Values": ["shop"]}]
    (group,) = localstack.client("ec2").describe_security_groups(Filters=named)["SecurityGroups"]
    rule = {"GroupId": group["GroupId"], "IpPermissions": group["IpPermissions"]}
    client(serve.url, "ec2").revoke_security_group_ingress(**rule)
    deadline = time.monotonic() + 60
    while requests.get(ping, timeout=10).text.strip():
        assert time.monotonic() < deadline, "the database still answers"
    client(serve.url, "ec2").authorize_security_group_ingress(**rule)
    while requests.get(ping, timeout=10).text.strip() != "+PONG":
        assert time.monotonic() < deadline, "the database does not answer any more"


def test_what_is_served_by_whom_is_told(localstack: LocalStack, serve: Serve) -> None:
    health = requests.get(f"{serve.url}/_multidocker/health", timeout=10).json()
    assert health["localstack"] == localstack.url
    left = [name for name, by in health["services"].items() if by == "localstack"]
    assert left == ["ec2", "iam", "s3", "sts"]
    assert health["services"]["ecs"] == "multidocker"
