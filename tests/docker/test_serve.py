"""`multidocker serve` as a process: its pages, its protocol, its start and its errors."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
from botocore.exceptions import ClientError
from support.clients import client
from support.processes import started

from pytest_multidocker import __version__
from pytest_multidocker.aws.options import EmulatorOptions
from pytest_multidocker.aws.process import EmulatorProcess, start_emulator
from pytest_multidocker.errors import EmulatorError

SERVE = [sys.executable, "-m", "pytest_multidocker", "serve"]


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorProcess]:
    with start_emulator(EmulatorOptions()) as process:
        yield process


def health(emulator: EmulatorProcess) -> dict[str, Any]:
    with urllib.request.urlopen(f"{emulator.endpoint_url}/_multidocker/health") as response:
        return dict(json.load(response))


def test_it_listens_at_once_and_says_what_it_serves() -> None:
    with start_emulator(EmulatorOptions()) as emulator:
        page = health(emulator)
    assert page["status"] in {"loading", "ready"}
    assert page["version"] == __version__
    assert page["run"] == emulator.run_id
    assert page["engine"]["version"] == docker.from_env().version()["Version"]
    assert page["services"] == {
        "ecs": "multidocker",
        "rds": "multidocker",
        "elasticache": "multidocker",
        "elasticbeanstalk": "multidocker",
        "*": "moto",
    }


def test_other_services_are_moto_s(emulator: EmulatorProcess) -> None:
    s3 = client(emulator.endpoint_url, "s3")
    s3.create_bucket(Bucket="bundles")
    body = bytes(range(256)) * 4096
    s3.put_object(Bucket="bundles", Key="a/b c.zip", Body=body, Metadata={"my_key": "1"})
    stored = s3.get_object(Bucket="bundles", Key="a/b c.zip")
    assert stored["Body"].read() == body
    assert stored["Metadata"] == {"my_key": "1"}
    assert client(emulator.endpoint_url, "sts").get_caller_identity()["Account"] == "123456789012"
    policy = "arn:aws:iam::aws:policy/AWSElasticBeanstalkMulticontainerDocker"
    assert (
        client(emulator.endpoint_url, "iam").get_policy(PolicyArn=policy)["Policy"]["Arn"] == policy
    )


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("elasticbeanstalk", "compose_environments", {}),
        ("rds", "stop_db_instance", {"DBInstanceIdentifier": "x"}),
        (
            "elasticache",
            "increase_replica_count",
            {"ReplicationGroupId": "x", "ApplyImmediately": True},
        ),
    ],
)
def test_what_is_not_emulated_is_an_aws_error(
    emulator: EmulatorProcess, service: str, operation: str, parameters: dict[str, Any]
) -> None:
    with pytest.raises(ClientError, match=f"multidocker does not emulate {service} ") as caught:
        getattr(client(emulator.endpoint_url, service), operation)(**parameters)
    assert caught.value.response["Error"]["Code"] == "NotImplemented"


@pytest.mark.parametrize(
    ("header", "value"), [("Host", "evil.example"), ("Origin", "https://evil.example")]
)
def test_web_pages_get_nothing(emulator: EmulatorProcess, header: str, value: str) -> None:
    url = f"{emulator.endpoint_url}/_multidocker/health"
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(url, headers={header: value}))
    with caught.value as response:
        assert response.code == 403
        assert json.load(response)["__type"] == "AccessDeniedException"


def next_event(stream: Iterable[bytes]) -> dict[str, Any]:
    return dict(next(json.loads(line) for line in stream if line.strip()))


def test_events_stream_as_they_happen(emulator: EmulatorProcess) -> None:
    with urllib.request.urlopen(f"{emulator.endpoint_url}/_multidocker/events") as stream:
        assert next_event(stream)["kind"] == "ready"
        client(emulator.endpoint_url, "elasticache").create_cache_cluster(
            CacheClusterId="seen", Engine="redis", CacheNodeType="cache.t2.micro"
        )
        kinds = [next_event(stream), next_event(stream)]
    assert [(event["kind"], event["id"]) for event in kinds] == [
        ("database.creating", "seen"),
        ("database.available", "seen"),
    ]
    assert kinds[0]["seq"] + 1 == kinds[1]["seq"]


def test_a_stream_ends_with_the_emulator() -> None:
    with start_emulator(EmulatorOptions()) as emulator:
        host, _, port = emulator.endpoint_url.removeprefix("http://").partition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=30)
        connection.request("GET", "/_multidocker/events")
        response = connection.getresponse()
        assert next_event(response)["kind"] == "ready"
        emulator.stop()
        rest = [json.loads(line) for line in response if line.strip()]
        connection.close()
    assert [event["kind"] for event in rest] == ["shutdown"]


_ASK = """
exec 3<>/dev/tcp/$GATEWAY/$PORT
printf 'GET /_multidocker/health HTTP/1.0\\r\\nHost: %s\\r\\n\\r\\n' $GATEWAY >&3
head -1 <&3
"""


def test_containers_reach_it_over_the_bridge_only_if_asked(emulator: EmulatorProcess) -> None:
    gateway = _gateway()
    with start_emulator(EmulatorOptions(bridge=True)) as bridged:
        port = bridged.endpoint_url.rpartition(":")[2]
        output = docker.from_env().containers.run(
            "debian:bookworm-slim",
            ["bash", "-c", _ASK],
            environment={"GATEWAY": gateway, "PORT": port},
            remove=True,
        )
    assert output.startswith(b"HTTP/1.1 200 OK")
    closed = emulator.endpoint_url.rpartition(":")[2]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((gateway, int(closed)), timeout=5)


def _gateway() -> str:
    from pytest_multidocker.engine.status import read_status

    gateway = read_status(docker.from_env()).default_bridge
    assert gateway is not None
    return gateway


def test_a_taken_port_is_one_clear_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = subprocess.run(
            [*SERVE, f"--port={port}"], capture_output=True, text=True, timeout=30, check=False
        )
        assert result.returncode == 2
        assert result.stderr == (
            f"error: cannot listen on 127.0.0.1:{port}: Address already in use. "
            "Choose another port with --port, or 0 for any free one.\n"
        )
        with pytest.raises(EmulatorError, match=f"cannot listen on 127.0.0.1:{port}: ") as caught:
            start_emulator(EmulatorOptions(port=port))
    assert str(caught.value).startswith("The emulator ended with code 2. Its log ends with:\n")


def test_no_docker_engine_is_one_clear_error(tmp_path: Path) -> None:
    environment = {**os.environ, "DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
    result = subprocess.run(
        [*SERVE, "--port=0"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert result.returncode == 2
    assert result.stderr.startswith(
        f"error: No Docker Engine answers at unix://{tmp_path}/none.sock"
    )
    assert "Traceback" not in result.stderr


def test_the_command_says_how_to_use_it() -> None:
    with started([*SERVE, "--port=0"], stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        url = first.split()[4]
        assert first.startswith(f"multidocker serves AWS at {url} (run ")
        assert process.stdout.readline() == "\n"
        assert process.stdout.readline() == f"    export AWS_ENDPOINT_URL={url}\n"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")


def test_the_image_registry_starts_when_it_is_asked_for_and_knows_one_account(
    emulator: EmulatorProcess, docker_client: docker.DockerClient, busybox: str
) -> None:
    page = f"{emulator.endpoint_url}/_multidocker/registry"
    with pytest.raises(urllib.error.HTTPError, match="405"):
        urllib.request.urlopen(page)
    with urllib.request.urlopen(urllib.request.Request(page, method="POST")) as response:
        account = json.load(response)
    with urllib.request.urlopen(urllib.request.Request(page, method="POST")) as response:
        assert json.load(response) == account  # a second call starts no second one

    ours = f"{account['address']}/me/app"
    docker_client.api.tag(busybox, ours, "1")
    try:
        nobody = list(docker_client.api.push(ours, "1", stream=True, decode=True, auth_config={}))
        assert "no basic auth credentials" in nobody[-1]["error"]
        auth = {"username": account["user"], "password": account["password"]}
        pushed = docker_client.api.push(ours, "1", stream=True, decode=True, auth_config=auth)
        assert "error" not in list(pushed)[-1]
    finally:
        docker_client.api.remove_image(f"{ours}:1", noprune=True)
