"""What containers find in their environment and learn of themselves: C67 to C69."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from conformance.aws_host import AwsHost, AwsTask
from conformance.docker_host import DockerHost
from conformance.vocabulary import Json, app

REGION = {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
ROLE = "arn:aws:iam::123456789012:role/conformance"


def variables(**given: str) -> list[Json]:
    return [{"name": name, "value": value} for name, value in given.items()]


def test_c67_the_agent_s_uris(aws: AwsHost) -> None:
    task = aws.run(app("app"), app("b")).running()

    found = {name: task.environment(name) for name in ("app", "b")}
    ids = set()
    for environment in found.values():
        uri = environment["ECS_CONTAINER_METADATA_URI_V4"]
        match = re.fullmatch(r"http://169\.254\.170\.2/v4/([0-9a-f-]{36})", uri)
        assert match, uri
        ids.add(match[1])
        assert environment["ECS_CONTAINER_METADATA_URI"] == uri.replace("/v4/", "/v3/")
        assert environment["ECS_AGENT_URI"] == uri.replace("/v4/", "/api/")
        assert environment["AWS_EXECUTION_ENV"] == "AWS_ECS_EC2"
        assert "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" not in environment
    assert len(ids) == 2


def test_c67_the_region(aws: AwsHost) -> None:
    task = aws.run(
        app("app"),
        app("own", environment=variables(AWS_REGION="eu-west-1")),
        app("default", environment=variables(AWS_DEFAULT_REGION="eu-west-1")),
    ).running()

    def region(name: str) -> Json:
        found = task.environment(name)
        return {variable: found[variable] for variable in REGION if variable in found}

    assert region("app") == REGION
    assert region("own") == {"AWS_REGION": "eu-west-1"}
    assert region("default") == {"AWS_DEFAULT_REGION": "eu-west-1"}


def test_c67_the_region_of_the_image(docker: DockerHost) -> None:
    image = docker.build("ENV AWS_REGION=ap-south-1")
    task = docker.run(app("app", image=image)).running()

    given = dict(entry.split("=", 1) for entry in task.inspect("app")["Config"]["Env"])
    assert given["AWS_REGION"] == "ap-south-1"
    assert "AWS_DEFAULT_REGION" not in given


def test_c67_credentials_of_a_task_with_a_role(aws: AwsHost) -> None:
    role = aws.make_role("conformance")
    task = aws.run(app("app"), definition={"taskRoleArn": role}).running()

    uri = task.environment("app")["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]
    assert re.fullmatch("/v2/credentials/[0-9a-f-]{36}", uri)
    credentials = json.loads(task.exec("app", f"wget -qO- http://169.254.170.2{uri}"))
    assert credentials["RoleArn"] == ROLE
    assert {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"} <= set(credentials)


def test_c68_which_variable_wins(aws: AwsHost, docker_client: Any) -> None:
    s3, secrets, ssm = (aws.client(name) for name in ("s3", "secretsmanager", "ssm"))
    s3.create_bucket(Bucket=aws.cluster)
    files = {
        "one.env": '# E=commented\nFROM=1\nD=1\nC=1\nB=1\nA=1\nQUOTED="x "\nno line\n',
        "two.env": "FROM=2\nE=2\nD=2\nC=2\nB=2\n",
    }
    for key, text in files.items():
        s3.put_object(Bucket=aws.cluster, Key=key, Body=text.encode())
    secret = secrets.create_secret(Name=f"{aws.cluster}/secret", SecretString="secret")["ARN"]
    ssm.put_parameter(Name=f"/{aws.cluster}/parameter", Value="parameter", Type="SecureString")
    task = aws.run(
        app(
            "app",
            secrets=[
                {"name": "B", "valueFrom": secret},
                {"name": "A", "valueFrom": f"/{aws.cluster}/parameter"},
            ],
            environment=variables(C="environment"),  # ECS takes none with the name of a secret
            environmentFiles=[
                {"type": "s3", "value": f"arn:aws:s3:::{aws.cluster}/{key}"} for key in files
            ],
        ),
        definition={"executionRoleArn": ROLE},
    ).running()

    found = task.environment("app")
    assert {name: found.get(name) for name in ("A", "B", "C", "D", "E", "FROM", "QUOTED")} == {
        "A": "parameter",
        "B": "secret",
        "C": "environment",
        "D": "1",
        "E": "2",
        "FROM": "1",
        "QUOTED": '"x "',
    }


def test_c68_the_definition_beats_the_image(docker: DockerHost) -> None:
    image = docker.build("ENV A=image B=image")
    task = docker.run(app("app", image=image, environment=variables(B="definition"))).running()

    _, found = task.exec("app", "echo $A $B")
    assert found.split() == ["image", "definition"]


def test_c68_a_secret_that_is_not_there_stops_the_task(aws: AwsHost) -> None:
    missing = [{"name": "A", "valueFrom": "/conformance/missing"}]
    task = aws.run(app("app", secrets=missing), definition={"executionRoleArn": ROLE}).stopped()

    described = task.describe()
    assert described["stopCode"] == "TaskFailedToStart"
    assert "/conformance/missing" in described["stoppedReason"]
    assert "runtimeId" not in described["containers"][0]


@pytest.fixture
def asking(aws: AwsHost) -> AwsTask:
    """A task whose containers can be asked what they know of themselves."""
    return aws.run(
        app(
            "app",
            portMappings=[{"containerPort": 80}],
            cpu=1,
            dockerLabels={"team": "red"},
            logConfiguration={"logDriver": "json-file", "options": {"max-file": "2"}},
            links=["db"],
        ),
        app("db"),
    ).running()


def ask(task: AwsTask, version: str, path: str = "") -> Any:
    name = {"v3": "ECS_CONTAINER_METADATA_URI", "v4": "ECS_CONTAINER_METADATA_URI_V4"}[version]
    return json.loads(task.exec("app", f"wget -qO- ${name}{path}"))


@pytest.mark.parametrize("version", ["v3", "v4"])
def test_c69_a_container(aws: AwsHost, asking: AwsTask, version: str) -> None:
    found, inspected = ask(asking, version), asking.inspect("app")

    expected = {
        "DockerId": inspected["Id"],
        "Name": "app",
        "DockerName": inspected["Name"].lstrip("/"),
        "Image": inspected["Config"]["Image"],
        "ImageID": inspected["Image"],
        "DesiredStatus": "RUNNING",
        "KnownStatus": "RUNNING",
        "Limits": {"CPU": 2, "Memory": 16},
        "Type": "NORMAL",
    }
    assert {name: found[name] for name in expected} == expected
    assert found["Labels"]["team"] == "red"
    assert found["Labels"]["com.amazonaws.ecs.task-arn"] == asking.arn
    (binding,) = asking.container("app")["networkBindings"]
    ports = {(p["ContainerPort"], p["Protocol"], p["HostPort"]) for p in found["Ports"]}
    assert ports == {(80, "tcp", binding["hostPort"])}
    (network,) = found["Networks"]
    assert network["NetworkMode"] == "bridge"
    assert network["IPv4Addresses"] == [inspected["NetworkSettings"]["IPAddress"]]
    assert found["CreatedAt"] <= found["StartedAt"]
    assert "FinishedAt" not in found
    only_v4 = {"ContainerARN", "LogDriver", "LogOptions"}
    assert only_v4 & set(found) == (only_v4 if version == "v4" else set())


@pytest.mark.parametrize("version", ["v3", "v4"])
def test_c69_a_task(aws: AwsHost, asking: AwsTask, version: str) -> None:
    found = ask(asking, version, "/task")

    assert found["TaskARN"] == asking.arn
    assert found["Cluster"].endswith(aws.cluster)
    assert (found["Family"], found["Revision"]) == (
        "fam",
        asking.describe()["taskDefinitionArn"].rpartition(":")[2],
    )
    assert (found["DesiredStatus"], found["KnownStatus"]) == ("RUNNING", "RUNNING")
    assert {c["Name"] for c in found["Containers"]} == {"app", "db"}
    assert found["PullStartedAt"] <= found["PullStoppedAt"]
    assert "Limits" not in found
    assert ("LaunchType" in found) == (version == "v4")


@pytest.mark.parametrize("version", ["v3", "v4"])
def test_c69_statistics(aws: AwsHost, asking: AwsTask, version: str) -> None:
    of_container = ask(asking, version, "/stats")
    of_task = ask(asking, version, "/task/stats")

    assert of_container["memory_stats"]["limit"] == 16 * 2**20
    ids = {asking.container(name)["runtimeId"] for name in ("app", "db")}
    assert set(of_task) == ids


def test_c69_an_id_that_is_nobody_s(aws: AwsHost, asking: AwsTask) -> None:
    path, nobody = "/v4/00000000-0000-0000-0000-000000000000", "169.254.170.2"
    request = f"GET {path} HTTP/1.0\\r\\nHost: {nobody}\\r\\n\\r\\n"
    answer = asking.exec("app", f"printf '{request}' | nc {nobody} 80")

    head, _, body = answer.partition("\r\n\r\n")
    assert head.split("\r\n")[0].endswith("404 Not Found")
    words = "V4 container metadata handler: unable to get container ID from request: "
    assert json.loads(body).startswith(words)
