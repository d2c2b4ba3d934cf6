"""What a container finds around it: variables, secrets, its metadata, its task's credentials."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.credentials import ContainerProvider
from botocore.exceptions import ClientError
from botocore.utils import ContainerMetadataFetcher
from docker import DockerClient
from support.clients import client, make_role
from support.tasks import RunTask, Tasks, obeys

from pytest_multidocker.aws.options import EmulatorOptions
from pytest_multidocker.aws.process import EmulatorProcess, start_emulator
from pytest_multidocker.ecs.environment import Unavailable, with_fetched
from pytest_multidocker.engine.redirection import Redirection, redirections

Json = dict[str, Any]

ROLE = "arn:aws:iam::123456789012:role/app"
EXECUTION_ROLE = "arn:aws:iam::123456789012:role/execution"
SLEEP = {"command": obeys()}
AT = "http://169.254.170.2"
MAY_REDIRECT = os.geteuid() == 0  # the emulator changes no rules for anybody else


NO_SECRET = (
    "ResourceInitializationError: The task can't retrieve the secret with ARN '*' from AWS Secrets "
    "Manager. Check that the secret ARN is correct: operation error Secrets Manager: GetSecretValue"
    ", https response error StatusCode: 40?, RequestID: *, ResourceNotFoundException: Secrets "
    "Manager can't find the specified secret."
)


def variables(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def fetched(task: RunTask, name: str, path: str) -> Any:
    """What a container is answered at the metadata endpoint, asked from inside of it."""
    code, output = task.exec(name, f"wget -q -O- $ECS_CONTAINER_METADATA_URI_V4{path}")
    assert code == 0, output
    return json.loads(output)


class TestVariables:
    def test_the_agent_adds_its_own(self, tasks: Tasks) -> None:
        task = tasks.run({"name": "app", "command": ["env"]}).stopped()

        found = variables(task.logs("app"))
        at = AT if MAY_REDIRECT else r"http://[\d.]+:\d+"
        uuid = "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
        ids = {
            match[1]
            for name, path in (
                ("ECS_CONTAINER_METADATA_URI", "v3"),
                ("ECS_CONTAINER_METADATA_URI_V4", "v4"),
                ("ECS_AGENT_URI", "api"),
            )
            if (match := re.fullmatch(f"{at}/{path}/{uuid}", found[name]))
        }
        assert len(ids) == 1
        assert found["AWS_REGION"] == found["AWS_DEFAULT_REGION"] == "us-east-1"
        assert found["AWS_EXECUTION_ENV"] == "AWS_ECS_EC2"
        assert "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" not in found

    def test_each_container_is_told_another_id(self, tasks: Tasks) -> None:
        env = {"command": ["env"], "essential": False}
        task = tasks.run({"name": "one", **env}, {"name": "two", **env}, {"name": "app", **SLEEP})
        task.wait("one", "STOPPED").wait("two", "STOPPED")
        one, two = (variables(task.logs(name)) for name in ("one", "two"))
        assert one["ECS_CONTAINER_METADATA_URI"] != two["ECS_CONTAINER_METADATA_URI"]

    def test_a_region_of_the_definition_is_the_only_one(self, tasks: Tasks) -> None:
        own = [{"name": "AWS_DEFAULT_REGION", "value": "eu-west-1"}]
        task = tasks.run({"name": "app", "command": ["env"], "environment": own}).stopped()
        found = variables(task.logs("app"))
        assert found["AWS_DEFAULT_REGION"] == "eu-west-1"
        assert "AWS_REGION" not in found

    def test_a_region_of_the_image_is_the_only_one(
        self, tasks: Tasks, docker_client: DockerClient
    ) -> None:
        container = docker_client.containers.create(tasks.image)
        image = container.commit("multidocker-test-region", changes="ENV AWS_REGION=ap-south-1")
        try:
            task = tasks.run({"name": "app", "command": ["env"], "image": str(image.id)}).stopped()
            found = variables(task.logs("app"))
            assert found["AWS_REGION"] == "ap-south-1"
            assert "AWS_DEFAULT_REGION" not in found
        finally:
            container.remove()
            tasks.engine.remove(task.identity)
            docker_client.images.remove(str(image.id), force=True)


class TestPrecedence:
    def test_secrets_environment_first_file_second_file_image(
        self, agent: Callable[..., Tasks], docker_client: DockerClient
    ) -> None:
        def fetch(task: Any) -> Any:
            files = [dict.fromkeys("ABC", "first"), dict.fromkeys("ABCD", "second")]
            return {
                c.name: with_fetched(c, {"A": "secret"}, files) for c in task.definition.containers
            }

        tasks = agent(fetch=fetch)
        container = docker_client.containers.create(tasks.image)
        changes = [f"ENV {name}=image" for name in "ABCDE"]
        image = container.commit("multidocker-test-environment", changes=changes)
        try:
            task = tasks.run(
                {
                    "name": "app",
                    "image": str(image.id),
                    "command": ["env"],
                    "environment": [{"name": name, "value": "own"} for name in "AB"],
                    "environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::bucket/key"}],
                }
            ).stopped()
            found = variables(task.logs("app"))
            order = ["secret", "own", "first", "second", "image"]
            assert [found[name] for name in "ABCDE"] == order
        finally:
            container.remove()
            tasks.engine.remove(task.identity)
            docker_client.images.remove(str(image.id), force=True)

    def test_what_cannot_be_fetched_stops_the_task_before_anything_is_created(
        self, agent: Callable[..., Tasks]
    ) -> None:
        def fetch(_task: Any) -> Any:
            raise Unavailable("fetching it: no such thing")

        secrets = [{"name": "KEY", "valueFrom": "/app/key"}]
        task = agent(fetch=fetch).run({"name": "app", "secrets": secrets}, {"name": "other"})
        task.stopped()
        assert task.task_report().reason == "Fetching it: no such thing"
        assert task.container("app").exit_code is None
        assert task.left() == []


class TestMetadata:
    """The fields that the agent's own functional test asks for, and what they hold."""

    @pytest.fixture
    def task(self, tasks: Tasks) -> RunTask:
        check = {"command": ["CMD-SHELL", "echo fine"], "interval": 1}
        web = {
            "name": "web",
            "cpu": 5,
            "portMappings": [{"containerPort": 80}],
            "healthCheck": check,
            "dockerLabels": {"team": "red"},
        }
        task = tasks.run({**web, **SLEEP}, {"name": "side", **SLEEP}).running()
        tasks.wait(lambda: task.container("web").health == "HEALTHY")
        return task

    def test_a_container_is_described_as_it_is(self, task: RunTask) -> None:
        found = fetched(task, "web", "")
        inspected = task.inspect("web")
        assert found["DockerId"] == inspected["Id"]
        assert found["Name"] == "web"
        assert f"/{found['DockerName']}" == inspected["Name"]
        assert found["Image"] == task.identity.definition.container("web").image
        assert found["ImageID"] == inspected["Image"]
        assert (found["DesiredStatus"], found["KnownStatus"]) == ("RUNNING", "RUNNING")
        assert found["Limits"] == {"CPU": 5, "Memory": 16}
        assert found["CreatedAt"] == inspected["Created"]
        assert found["StartedAt"] == inspected["State"]["StartedAt"]
        assert "FinishedAt" not in found
        assert found["Type"] == "NORMAL"
        assert found["Labels"]["team"] == "red"
        address = inspected["NetworkSettings"]["IPAddress"]
        assert found["Networks"] == [{"NetworkMode": "bridge", "IPv4Addresses": [address]}]
        assert found["Health"]["status"] == "HEALTHY"
        assert found["Health"]["output"] == "fine\n"
        (port,) = (p for p in found["Ports"] if p["HostIp"] == "0.0.0.0")
        (binding,) = task.container("web").bindings
        assert (port["ContainerPort"], port["HostPort"]) == (80, binding.host_port)

    def test_a_task_is_described_with_all_its_containers(self, task: RunTask) -> None:
        found = fetched(task, "side", "/task")
        definition = task.identity.definition
        assert found["TaskARN"] == task.arn
        assert found["Cluster"] == task.identity.cluster
        assert (found["Family"], found["Revision"]) == ("fam", str(definition.revision))
        assert (found["DesiredStatus"], found["KnownStatus"]) == ("RUNNING", "RUNNING")
        assert found["PullStartedAt"] <= found["PullStoppedAt"]
        assert found["Containers"] == [fetched(task, "web", ""), fetched(task, "side", "")]
        assert found["LaunchType"] == "EC2"

    def test_version_3_answers_too(self, task: RunTask) -> None:
        code, output = task.exec("web", "wget -q -O- $ECS_CONTAINER_METADATA_URI/task")
        found = json.loads(output)
        assert code == 0
        assert [c["Name"] for c in found["Containers"]] == ["web", "side"]
        assert "LaunchType" not in found

    def test_docker_s_measurements_are_passed_on(self, task: RunTask) -> None:
        of_task = fetched(task, "web", "/task/stats")
        assert set(of_task) == {task.inspect(name)["Id"] for name in ("web", "side")}
        of_container = fetched(task, "web", "/stats")
        assert of_container["memory_stats"]["limit"] == 16 * 1024 * 1024
        assert of_container["cpu_stats"]["cpu_usage"]["total_usage"] > 0

    def test_a_container_that_has_exited_is_described_by_the_others(self, tasks: Tasks) -> None:
        job = {"name": "job", "essential": False, "command": ["sh", "-c", "exit 3"]}
        task = tasks.run(job, {"name": "app", **SLEEP}).running().wait("job", "STOPPED")
        found = fetched(task, "app", "/task")["Containers"][0]
        assert (found["KnownStatus"], found["ExitCode"]) == ("STOPPED", 3)
        assert found["FinishedAt"] == task.inspect("job")["State"]["FinishedAt"]

    def test_an_unknown_id_is_not_found(self, task: RunTask) -> None:
        script = "wget -O- ${ECS_CONTAINER_METADATA_URI_V4%/*}/nobody 2>&1"
        code, output = task.exec("web", script)
        assert code != 0
        assert "404" in output

    def test_a_first_instruction_may_ask(self, tasks: Tasks) -> None:
        """The way stands before the container does, and nobody waits for others that start."""
        ask = "exec wget -q -O /dev/null $ECS_CONTAINER_METADATA_URI_V4/task"
        names = [f"c{number}" for number in range(6)]
        asking = [
            {"name": name, "command": ["sh", "-c", ask], "essential": False} for name in names
        ]
        task = tasks.run(*asking, {"name": "app", **SLEEP})
        for name in names:
            assert task.wait(name, "STOPPED").container(name).exit_code == 0


class TestHostNetwork:
    def test_a_container_on_the_host_s_network_asks_on_loopback(
        self, agent: Callable[..., Tasks]
    ) -> None:
        tasks = agent(allow=["host-network"])
        task = tasks.run({"name": "app", **SLEEP}, network_mode="host", task_role_arn=ROLE)
        task.running()
        assert fetched(task, "app", "/task")["TaskARN"] == task.arn
        container = fetched(task, "app", "")
        assert container["Networks"] == [{"NetworkMode": "host", "IPv4Addresses": [""]}]
        uri = variables(task.exec("app", "env")[1])["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
        assert ContainerMetadataFetcher().retrieve_full_uri(uri)["RoleArn"] == ROLE


class TestWithoutRules:
    """An emulator that may change no rule of this machine, as one that is not root's."""

    def test_metadata_is_at_the_gateway_and_credentials_are_nowhere(
        self, agent: Callable[..., Tasks], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("os.geteuid", lambda: 1000)
        task = agent().run({"name": "app", **SLEEP}, task_role_arn=ROLE).running()
        found = variables(task.exec("app", "env")[1])
        assert found["ECS_CONTAINER_METADATA_URI_V4"].startswith("http://172.17.0.1:")
        assert "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" not in found
        assert fetched(task, "app", "/task")["TaskARN"] == task.arn


@pytest.mark.skipif(not MAY_REDIRECT, reason="only root may redirect the agent's address")
class TestCredentials:
    def test_a_container_gets_those_of_its_task_s_role(self, tasks: Tasks) -> None:
        task = tasks.run({"name": "app", **SLEEP}, task_role_arn=ROLE).running()
        code, output = task.exec("app", f"wget -q -O- {AT}$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
        assert code == 0
        found = json.loads(output)
        assert found.pop("Expiration").endswith("Z")
        task_id = task.arn.rpartition("/")[2]
        assert found == {
            "RoleArn": ROLE,
            "AccessKeyId": "ASIAEXAMPLE",
            "SecretAccessKey": "secret",
            "Token": task_id,
        }

    def test_two_agents_beside_each_other_answer_for_their_own(
        self, agent: Callable[..., Tasks]
    ) -> None:
        """Of two rules the kernel takes one, and that endpoint asks the other."""
        found = []
        for _ in range(2):
            task = agent().run({"name": "app", **SLEEP}, task_role_arn=ROLE).running()
            found.append((task, fetched(task, "app", "/task")["TaskARN"]))
        for task, arn in found:
            assert fetched(task, "app", "/task")["TaskARN"] == arn == task.arn
            script = f"wget -q -O- {AT}$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
            token = json.loads(task.exec("app", script)[1])["Token"]
            assert token == arn.rpartition("/")[2]

    def test_no_rule_is_left_and_dead_ones_do_not_stand_in_the_way(
        self, agent: Callable[..., Tasks], docker_run: Any
    ) -> None:
        dead = Redirection("dead", "0" * 12, "172.17.0.0/16", "172.17.0.1", 1)
        tasks = agent()
        assert dead.insert()
        try:
            task = tasks.run({"name": "app", **SLEEP}).running()
            assert fetched(task, "app", "/task")["TaskARN"] == task.arn
            assert redirections("dead") == []
        finally:
            dead.remove()
        tasks.close()
        assert redirections(docker_run.id) == []


@pytest.fixture(scope="module")
def emulator(busybox: str) -> Iterator[EmulatorProcess]:
    with start_emulator(EmulatorOptions(stop_timeout=2)) as process:
        assert make_role(process.endpoint_url, "app") == ROLE
        yield process
    assert redirections(process.run_id) == []


class Shop:
    """Tasks of an emulator, run by its API."""

    def __init__(self, emulator: EmulatorProcess, image: str, engine: DockerClient) -> None:
        self.url = emulator.endpoint_url
        self.ecs = client(self.url, "ecs")
        self._image = image
        self._engine = engine

    def register(self, container: Json, **fields: Any) -> Json:
        fields = {"executionRoleArn": EXECUTION_ROLE, **fields}
        defaults = {"name": "app", "image": self._image, "memory": 16, "command": ["env"]}
        answer = self.ecs.register_task_definition(
            family="shop", containerDefinitions=[{**defaults, **container}], **fields
        )
        return dict(answer["taskDefinition"])

    def run(self, container: Json, overrides: Json | None = None, **fields: Any) -> Json:
        """Run a task to its end; return it as the API then shows it."""
        task = self.start(container, overrides, **fields)
        waiter = self.ecs.get_waiter("tasks_stopped")
        config = {"Delay": 0.2, "MaxAttempts": 100}
        waiter.wait(tasks=[task["taskArn"]], WaiterConfig=config)
        return self.describe(task)

    def start(self, container: Json, overrides: Json | None = None, **fields: Any) -> Json:
        definition = self.register(container, **fields)["taskDefinitionArn"]
        answer = self.ecs.run_task(
            taskDefinition=definition,
            overrides=overrides or {},
            tags=[{"key": "team", "value": "red"}],
        )
        assert answer["failures"] == []
        return dict(answer["tasks"][0])

    def describe(self, task: Json) -> Json:
        return dict(self.ecs.describe_tasks(tasks=[task["taskArn"]])["tasks"][0])

    def variables(self, task: Json) -> dict[str, str]:
        """What the task's container has printed of its environment."""
        return variables(self.container(task).logs().decode())

    def container(self, task: Json) -> Any:
        return self._engine.containers.get(self.describe(task)["containers"][0]["runtimeId"])


@pytest.fixture
def shop(emulator: EmulatorProcess, busybox: str, docker_client: DockerClient) -> Shop:
    return Shop(emulator, busybox, docker_client)


@pytest.fixture(scope="module")
def secret(emulator: EmulatorProcess) -> str:
    """The ARN of a secret with two versions; the parameters /shop/key and plain."""
    ssm = client(emulator.endpoint_url, "ssm")
    ssm.put_parameter(Name="/shop/key", Value="k3y", Type="SecureString")
    ssm.put_parameter(Name="plain", Value="words", Type="String")
    manager = client(emulator.endpoint_url, "secretsmanager")
    first = {"user": "ann", "port": 5432}
    arn: str = manager.create_secret(Name="db", SecretString=json.dumps(first))["ARN"]
    manager.put_secret_value(SecretId="db", SecretString='{"user": "bob"}')
    return arn


class TestSecrets:
    """Of the emulator's own Parameter Store and Secrets Manager."""

    def test_every_form_of_reference_leads_to_its_value(self, shop: Shop, secret: str) -> None:
        manager = client(shop.url, "secretsmanager")
        versions = manager.list_secret_version_ids(SecretId="db")["Versions"]
        (old,) = (v["VersionId"] for v in versions if v["VersionStages"] == ["AWSPREVIOUS"])
        references = {
            "BY_PATH": "/shop/key",
            "BY_NAME": "plain",
            "BY_ARN": "arn:aws:ssm:us-east-1:123456789012:parameter/shop/key",
            "WHOLE": secret,
            "KEY": f"{secret}:user::",
            "STAGE": f"{secret}:user:AWSPREVIOUS:",
            "VERSION": f"{secret}:port::{old}",
        }
        secrets = [{"name": name, "valueFrom": value} for name, value in references.items()]
        found = shop.variables(shop.run({"secrets": secrets}))
        assert {name: found[name] for name in references} == {
            "BY_PATH": "k3y",
            "BY_NAME": "words",
            "BY_ARN": "k3y",
            "WHOLE": '{"user": "bob"}',
            "KEY": "bob",
            "STAGE": "ann",
            "VERSION": "5432",
        }

    @pytest.mark.parametrize(
        ("value_from", "reason"),
        [
            (
                "/shop/none",
                "Fetching secret data from SSM Parameter Store in us-east-1: invalid parameters: *",
            ),
            (
                "arn:aws:secretsmanager:us-east-1:123456789012:secret:none",
                NO_SECRET,
            ),
            (
                "{secret}:password::",
                "Retrieved secret from Secrets Manager did not contain json key password",
            ),
        ],
    )
    def test_what_is_not_there_stops_the_task(
        self, shop: Shop, secret: str, value_from: str, reason: str
    ) -> None:
        value_from = value_from.format(secret=secret)
        task = shop.run({"secrets": [{"name": "KEY", "valueFrom": value_from}]})
        assert fnmatchcase(task["stoppedReason"], reason), task["stoppedReason"]
        assert task["stopCode"] == "TaskFailedToStart"
        (container,) = task["containers"]
        assert not {"exitCode", "runtimeId"} & set(container)

    def test_secrets_need_a_role_to_fetch_them_with(self, shop: Shop) -> None:
        secrets = [{"name": "KEY", "valueFrom": "plain"}]
        with pytest.raises(ClientError, match="you must also specify a value for 'executionRole"):
            shop.register({"secrets": secrets}, executionRoleArn="")


@pytest.fixture(scope="module")
def files(emulator: EmulatorProcess) -> None:
    s3 = client(emulator.endpoint_url, "s3")
    s3.create_bucket(Bucket="settings")
    s3.put_object(Bucket="settings", Key="a/first.env", Body=b"#\nA=1\nB=one=1\nC=\n")
    s3.put_object(Bucket="settings", Key="second.env", Body=b"B=2\r\nD='4'\r\n")


@pytest.mark.usefixtures("files")
class TestEnvironmentFiles:
    """Of the emulator's own S3."""

    def file(self, key: str) -> Json:
        return {"type": "s3", "value": f"arn:aws:s3:::settings/{key}"}

    def test_they_are_read_in_order(self, shop: Shop) -> None:
        files = [self.file("a/first.env"), self.file("second.env")]
        own = [{"name": "A", "value": "own"}]
        found = shop.variables(shop.run({"environmentFiles": files, "environment": own}))
        assert [found.get(name) for name in "ABCD"] == ["own", "one=1", None, "'4'"]

    def test_a_task_may_be_given_others(self, shop: Shop) -> None:
        overrides = {
            "containerOverrides": [{"name": "app", "environmentFiles": [self.file("second.env")]}]
        }
        task = shop.run({"environmentFiles": [self.file("a/first.env")]}, overrides)
        found = shop.variables(task)
        assert (found.get("A"), found["B"]) == (None, "2")

    def test_a_file_that_is_not_there_stops_the_task(self, shop: Shop) -> None:
        task = shop.run({"environmentFiles": [self.file("none.env")]})
        reason = (
            "Unable to download env file with key none.env from bucket settings, error: operation "
            "error S3: GetObject, https response error StatusCode: 404, RequestID: "
        )
        assert task["stoppedReason"].startswith(reason)
        assert task["stoppedReason"].endswith("NoSuchKey: The specified key does not exist.")
        assert task["stopCode"] == "TaskFailedToStart"

    def test_without_a_role_they_cannot_be_had(self, shop: Shop) -> None:
        task = shop.run({"environmentFiles": [self.file("second.env")]}, executionRoleArn="")
        words = "Environment file resource: unable to find execution role credentials"
        assert task["stoppedReason"] == words


class Inside:
    """Sends botocore's requests from inside of a container, as an app there would."""

    def __init__(self, container: Any) -> None:
        self._container = container

    def send(self, request: Any) -> Any:
        code, output = self._container.exec_run(["wget", "-q", "-O-", request.url])
        return SimpleNamespace(status_code=200 if code == 0 else 500, content=output)


@pytest.mark.skipif(not MAY_REDIRECT, reason="only root may redirect the agent's address")
class TestRole:
    @pytest.fixture
    def container(self, shop: Shop) -> Iterator[Any]:
        """The container of a running task with a role; its variables are in ``env``."""
        task = shop.start(SLEEP, taskRoleArn=ROLE)
        waiter = shop.ecs.get_waiter("tasks_running")
        waiter.wait(tasks=[task["taskArn"]], WaiterConfig={"Delay": 0.2, "MaxAttempts": 100})
        container = shop.container(task)
        container.task = task
        container.env = variables(container.exec_run("env").output.decode())
        yield container
        shop.ecs.stop_task(task=task["taskArn"])

    def test_botocore_takes_the_role_s_credentials(self, shop: Shop, container: Any) -> None:
        fetcher: Any = ContainerMetadataFetcher(session=Inside(container))
        credentials = ContainerProvider(environ=container.env, fetcher=fetcher).load()
        assert credentials is not None
        keys = credentials.get_frozen_credentials()
        sts: Any = boto3.client(
            "sts",
            endpoint_url=shop.url,
            region_name="us-east-1",
            aws_access_key_id=keys.access_key,
            aws_secret_access_key=keys.secret_key,
            aws_session_token=keys.token,
        )
        task_id = container.task["taskArn"].rpartition("/")[2]
        who = sts.get_caller_identity()["Arn"]
        assert who == f"arn:aws:sts::123456789012:assumed-role/app/{task_id}"

    def test_metadata_has_what_only_the_service_knows(self, shop: Shop, container: Any) -> None:
        output = container.exec_run(
            ["wget", "-q", "-O-", f"{container.env['ECS_CONTAINER_METADATA_URI_V4']}/taskWithTags"]
        ).output
        found = json.loads(output)
        assert found["TaskARN"] == container.task["taskArn"]
        assert found["TaskTags"] == {"team": "red"}
        (described,) = shop.describe(container.task)["containers"]
        assert found["Containers"][0]["ContainerARN"] == described["containerArn"]

    def test_a_task_may_be_given_another_role(self, shop: Shop) -> None:
        script = ["sh", "-c", f"wget -q -O- {AT}$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]
        other = make_role(shop.url, "other")
        task = shop.run({"command": script}, {"taskRoleArn": other}, taskRoleArn=ROLE)
        assert json.loads(shop.container(task).logs())["RoleArn"] == other
