"""Elastic Beanstalk on real containers: environments, failures, policies, and nothing left."""

from __future__ import annotations

import io
import json
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import docker
import pytest
import requests
from docker import DockerClient
from support.clients import client
from typing_extensions import Self

from pytest_multidocker.aws.options import BeanstalkTimes, EmulatorOptions
from pytest_multidocker.aws.process import EmulatorProcess, start_emulator
from pytest_multidocker.engine.run import RUN_LABEL

Json = dict[str, Any]

STACK = "64bit Amazon Linux 2023 v4.2.0 running ECS"
SINGLE = "aws:elasticbeanstalk:environment EnvironmentType SingleInstance"
TWO = "aws:autoscaling:asg MinSize 2"
PROPERTY = "aws:elasticbeanstalk:application:environment"
POLICY = "aws:elasticbeanstalk:command DeploymentPolicy"
BATCH = "aws:elasticbeanstalk:command BatchSize 50"
SERVE = "trap 'kill $pid; exit 0' TERM; busybox httpd -f -p {port} -h {folder} & pid=$!; wait $pid"
_BUSY = {"Launching", "Updating", "Terminating"}


def site(**changes: Json) -> Json:
    """A Dockerrun file: ``nginx`` serves the bundle's ``www`` and links to ``backend``."""
    nginx: Json = {
        "name": "nginx",
        "image": "IMAGE",
        "memory": 16,
        "essential": True,
        "stopTimeout": 2,
        "command": ["sh", "-c", SERVE.format(port=80, folder="/www")],
        "portMappings": [{"hostPort": 80, "containerPort": 80}],
        "links": ["backend:api"],
        "mountPoints": [
            {"sourceVolume": "www", "containerPath": "/www", "readOnly": True},
            {"sourceVolume": "awseb-logs-nginx", "containerPath": "/var/log/nginx"},
        ],
    }
    backend: Json = {
        "name": "backend",
        "image": "IMAGE",
        "memory": 16,
        "essential": False,
        "stopTimeout": 2,
        "command": ["sh", "-c", SERVE.format(port=5000, folder="/bin")],
    }
    containers = [{**c, **changes.get(c["name"], {})} for c in (nginx, backend)]
    return {
        "AWSEBDockerrunVersion": 2,
        "volumes": [{"name": "www", "host": {"sourcePath": "/var/app/current/www"}}],
        "containerDefinitions": containers,
    }


def archive(files: dict[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return content.getvalue()


class Account:
    """An account at an emulator, with an application and a bucket."""

    def __init__(self, emulator: EmulatorProcess, engine: DockerClient, image: str) -> None:
        self.emulator = emulator
        self.engine = engine
        self.image = image
        self.eb, self.s3, self.ecs, self.ec2 = (
            client(emulator.endpoint_url, name) for name in ("elasticbeanstalk", "s3", "ecs", "ec2")
        )
        self.bucket = self.eb.create_storage_location()["S3Bucket"]

    def version(self, label: str, dockerrun: Json | bytes, **files: str) -> str:
        """Upload a bundle and make a version of it; its page is its label."""
        if isinstance(dockerrun, dict):
            text = json.dumps(dockerrun).replace("IMAGE", self.image)
            pages = {"Dockerrun.aws.json": text, "www/index.html": label, **files}
            dockerrun = archive(pages)
        self.s3.put_object(Bucket=self.bucket, Key=f"{label}.zip", Body=dockerrun)
        self.eb.create_application_version(
            ApplicationName="site",
            VersionLabel=label,
            SourceBundle={"S3Bucket": self.bucket, "S3Key": f"{label}.zip"},
            AutoCreateApplication=True,
        )
        return label

    def create(self, name: str, label: str, *settings: str, **fields: Any) -> Json:
        self.eb.create_environment(
            ApplicationName="site",
            EnvironmentName=name,
            VersionLabel=label,
            SolutionStackName=STACK,
            OptionSettings=_settings(*settings),
            **fields,
        )
        return self.settled(name)

    def update(self, name: str, label: str | None = None, *settings: str) -> Json:
        version = {"VersionLabel": label} if label else {}
        self.eb.update_environment(
            EnvironmentName=name, OptionSettings=_settings(*settings), **version
        )
        return self.settled(name)

    def describe(self, name: str) -> Json:
        found = self.eb.describe_environments(EnvironmentNames=[name], IncludeDeleted=True)
        return dict(found["Environments"][-1])

    def until(self, name: str, done: Callable[[Json], bool], timeout: float = 40) -> Json:
        deadline = time.monotonic() + timeout
        while not done(found := self.describe(name)):
            assert time.monotonic() < deadline, self.events(name)
            time.sleep(0.05)
        return found

    def settled(self, name: str) -> Json:
        return self.until(name, lambda found: found["Status"] not in _BUSY)

    def events(self, name: str) -> list[str]:
        found = self.eb.describe_events(EnvironmentName=name)["Events"]
        return [f"{event['Severity']} {event['Message']}" for event in reversed(found)]

    def redis(self, name: str) -> str:
        """Start a Redis that is in no group but the default one, and return its address."""
        elasticache = client(self.emulator.endpoint_url, "elasticache")
        elasticache.create_cache_cluster(
            CacheClusterId=name, Engine="redis", CacheNodeType="cache.t3.micro", NumCacheNodes=1
        )
        elasticache.get_waiter("cache_cluster_available").wait(
            CacheClusterId=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )
        found = elasticache.describe_cache_clusters(CacheClusterId=name, ShowCacheNodeInfo=True)
        return str(found["CacheClusters"][0]["CacheNodes"][0]["Endpoint"]["Address"])

    def resources(self, name: str) -> Json:
        found = self.eb.describe_environment_resources(EnvironmentName=name)
        return dict(found["EnvironmentResources"])

    def tasks(self, name: str) -> list[Json]:
        cluster = self.resources(name)["Cluster"]["ClusterArn"]
        arns = self.ecs.list_tasks(cluster=cluster)["taskArns"]
        found = self.ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []
        return [dict(task) for task in found]

    def container(self, name: str, container: str) -> Any:
        """The running Docker container of that name in the environment's only task."""
        (task,) = self.tasks(name)
        (found,) = [c for c in task["containers"] if c["name"] == container]
        return self.engine.containers.get(found["runtimeId"])

    def causes(self, name: str) -> list[str]:
        found = self.eb.describe_environment_health(EnvironmentName=name, AttributeNames=["All"])
        return list(found["Causes"])

    def terminate(self, name: str) -> Json:
        self.eb.terminate_environment(EnvironmentName=name)
        return self.settled(name)


def _settings(*settings: str) -> list[Json]:
    split = [setting.split(" ", 2) for setting in settings]
    return [{"Namespace": n, "OptionName": o, "Value": v} for n, o, v in split]


class Client:
    """Asks all the time, on a kept connection and on new ones, and notes what is answered."""

    def __init__(self, url: str) -> None:
        self.answers: list[str] = []
        self._url = url
        self._done = threading.Event()

    def __enter__(self) -> Self:
        self._threads = [threading.Thread(target=self._ask, args=(kept,)) for kept in (True, False)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    @property
    def failed(self) -> list[str]:
        return [answer for answer in self.answers if not answer.startswith("v")]

    def _ask(self, kept: bool) -> None:
        with requests.Session() as session:
            session.headers["Connection"] = "keep-alive" if kept else "close"
            while not self._done.is_set():
                try:
                    answer = session.get(self._url, timeout=20)
                    self.answers.append(answer.text if answer.ok else str(answer.status_code))
                except requests.RequestException as error:
                    self.answers.append(type(error).__name__)
                self._done.wait(0.01)


@pytest.fixture(scope="module")
def emulator(busybox: str) -> Iterator[EmulatorProcess]:
    """An emulator that gives tasks the ports they declare, as ``serve`` does."""
    options = EmulatorOptions(
        host_ports="declared", stop_timeout=2, beanstalk=BeanstalkTimes(retry=0.0, pending=30.0)
    )
    with start_emulator(options) as process:
        yield process
        assert "Traceback" not in process.log_tail(200)
    assert left_of(process.run_id) == []


@pytest.fixture(scope="module")
def account(emulator: EmulatorProcess, docker_client: DockerClient, busybox: str) -> Account:
    made = Account(emulator, docker_client, busybox)
    made.version("v1", site())
    made.version("v2", site())
    return made


@pytest.fixture
def environment(account: Account, request: pytest.FixtureRequest) -> Iterator[str]:
    """A name for an environment, which is terminated in the end."""
    name = "".join(c if c.isalnum() else "-" for c in request.node.name)[:40].strip("-")
    yield name
    if account.describe(name)["Status"] != "Terminated":
        account.terminate(name)


def left_of(run_id: str) -> list[str]:
    engine = docker.from_env()
    try:
        found = engine.api.containers(all=True, filters={"label": f"{RUN_LABEL}={run_id}"})
        return [container["Names"][0] for container in found]
    finally:
        engine.close()


def test_from_nothing_to_green_through_a_crash_and_back_to_nothing(
    account: Account, environment: str, emulator: EmulatorProcess
) -> None:
    found = account.create(
        environment, "v1", SINGLE, f"{PROPERTY} PGHOST db.local", CNAMEPrefix="whole"
    )
    assert (found["Status"], found["Health"], found["HealthStatus"]) == ("Ready", "Green", "Ok")
    url = f"http://{found['EndpointURL']}"
    assert requests.get(url).text == "v1"
    assert requests.get(emulator.endpoint_url, headers={"Host": found["CNAME"]}).text == "v1"

    # It is a task of ECS on an instance of EC2, with properties, links and logs in its containers.
    (task,) = account.tasks(environment)
    resources = account.resources(environment)
    assert task["clusterArn"] == resources["Cluster"]["ClusterArn"]
    (instance,) = resources["Instances"]
    (reservation,) = account.ec2.describe_instances(InstanceIds=[instance["Id"]])["Reservations"]
    groups = [g["GroupName"] for g in reservation["Instances"][0]["SecurityGroups"]]
    assert groups[0].startswith(f"awseb-{found['EnvironmentId']}-stack-AWSEBSecurityGroup-")
    nginx = account.container(environment, "nginx")
    for name in ("nginx", "backend"):
        code, output = account.container(environment, name).exec_run(["sh", "-c", "echo $PGHOST"])
        assert (code, output) == (0, b"db.local\n")
    assert nginx.exec_run(["busybox", "wget", "-qO-", "http://api:5000/busybox"]).exit_code == 0
    assert nginx.exec_run(["sh", "-c", "echo seen > /var/log/nginx/access.log"]).exit_code == 0

    account.eb.request_environment_info(EnvironmentName=environment, InfoType="tail")
    account.until(environment, lambda _: account.events(environment)[-1].startswith("INFO Pulled"))
    (info,) = account.eb.retrieve_environment_info(EnvironmentName=environment, InfoType="tail")[
        "EnvironmentInfo"
    ]
    tail = requests.get(info["Message"]).text
    assert (
        "/var/log/containers/nginx/access.log\n-------------------------------------\nseen" in tail
    )
    assert "AppDeployEnactHook/03start-task.sh] : Completed activity." in tail

    updated = account.update(environment, "v2")
    assert (updated["VersionLabel"], updated["Health"]) == ("v2", "Green")
    assert requests.get(url).text == "v2"
    assert account.tasks(environment)[0]["taskArn"] != task["taskArn"]

    account.container(environment, "nginx").kill()
    account.until(environment, lambda found: found["Health"] == "Red")
    events = "\n".join(account.events(environment))
    assert (
        "ECS task stopped due to: Essential container in task exited. (nginx: backend: )" in events
    )
    assert "nginx is essential and exited with code 137" in events
    assert "has transitioned from Ok to Degraded. Impaired services on all instances." in events
    assert requests.get(url).status_code == 502

    assert account.update(environment, "v2")["Health"] == "Green"
    assert requests.get(url).text == "v2"

    account.terminate(environment)
    assert account.eb.describe_environments(IncludeDeleted=False)["Environments"] == []
    assert account.ecs.list_clusters()["clusterArns"] == [
        "arn:aws:ecs:us-east-1:123456789012:cluster/default"
    ]
    assert account.ecs.list_task_definitions()["taskDefinitionArns"] == []
    (reservation,) = account.ec2.describe_instances(InstanceIds=[instance["Id"]])["Reservations"]
    assert reservation["Instances"][0]["State"]["Name"] == "terminated"
    assert [g["GroupName"] for g in account.ec2.describe_security_groups()["SecurityGroups"]] == [
        "default"
    ]
    with pytest.raises(requests.ConnectionError):
        requests.get(url)


def test_values_that_are_given_as_text_are_converted(account: Account, environment: str) -> None:
    changes = {
        "memory": "16",
        "essential": "true",
        "portMappings": [{"hostPort": "80", "containerPort": "80"}],
        "environment": [{"name": "WORKERS", "value": 4}],
    }
    account.version("v-text", site(nginx=changes))
    found = account.create(environment, "v-text", SINGLE)
    assert found["Health"] == "Green", account.events(environment)
    assert requests.get(f"http://{found['EndpointURL']}").text == "v-text"
    nginx = account.container(environment, "nginx")
    assert nginx.exec_run(["sh", "-c", "echo $WORKERS"]).output == b"4\n"


class TestFailing:
    def launch(self, account: Account, environment: str, label: str, *settings: str) -> list[str]:
        """Launch what cannot run; return the errors. It takes seconds, not minutes."""
        began = time.monotonic()
        found = account.create(environment, label, SINGLE, *settings)
        assert (found["Status"], found["Health"]) == ("Ready", "Red")
        assert time.monotonic() - began < 30
        return [e for e in account.events(environment) if e.startswith("ERROR")]

    def test_a_file_that_is_not_at_the_root(self, account: Account, environment: str) -> None:
        account.version("nested", archive({"app/Dockerrun.aws.json": json.dumps(site())}))
        assert self.launch(account, environment, "nested") == [
            (
                "ERROR ECS Application sourcebundle validation error: No ecs task definition (or "
                "empty definition file) found in environment"
            ),
            "ERROR Failed to launch environment.",
        ]

    def test_what_ecs_refuses(self, account: Account, environment: str) -> None:
        account.version("nolink", site(nginx={"links": ["nobody"], "memory": None}))
        errors = self.launch(account, environment, "nolink")
        assert errors[0].startswith("ERROR Service:AmazonECS, Code:ClientException, Message:")
        assert "Invalid setting for container 'nginx'. At least one of 'memory'" in errors[0]

    def test_an_image_that_cannot_be_pulled(self, account: Account, environment: str) -> None:
        account.version("pull", site(backend={"image": "localhost:1/nobody/has:it"}))
        told = " ".join(self.launch(account, environment, "pull"))
        assert "CannotPullContainerError" in told
        assert "ERROR Failed to start ECS task after retrying 2 times." in told

    def test_more_memory_than_the_instance_has(self, account: Account, environment: str) -> None:
        account.version("big", site(nginx={"memory": 4096}))
        micro = "aws:autoscaling:launchconfiguration InstanceType t2.micro"
        told = self.launch(account, environment, "big", micro)
        assert told[0].startswith("ERROR Encountered error starting new ECS task: {")
        assert '"reason": "RESOURCE:MEMORY"' in told[0]
        medium = "aws:autoscaling:launchconfiguration InstanceType t2.large"
        assert account.update(environment, "big", medium)["Health"] == "Green"

    def test_an_essential_container_that_exits_at_start(
        self, account: Account, environment: str
    ) -> None:
        command = ["sh", "-c", "echo 'no upstream' >&2; exit 1"]
        account.version("exits", site(nginx={"command": command}))
        told = "\n".join(self.launch(account, environment, "exits"))
        assert (
            "ERROR ECS task stopped due to: Essential container in task exited. (nginx: backend: )"
        ) in told
        assert (
            "nginx is essential and exited with code 1. Its last log lines:\nno upstream"
        ) in told

    def test_a_link_target_that_is_dead(self, account: Account, environment: str) -> None:
        command = ["sh", "-c", "echo 'no database' >&2; exit 3"]
        account.version("dead", site(backend={"command": command}))
        told = "\n".join(self.launch(account, environment, "dead"))
        assert (
            "nginx links to backend, which exited with code 3 before nginx could start. Its last "
            "log lines:\nno database"
        ) in told
        assert "ECS task stopped due to: Task failed to start. (nginx: CannotStart" in told

    def test_a_database_that_no_security_group_opens(
        self, account: Account, environment: str
    ) -> None:
        host = account.redis("unreachable")
        until_closed = (
            f"while echo PING | timeout 5 nc -w 2 {host} 6379 | grep -q PONG; do sleep 0.1; done"
        )
        command = ["sh", "-c", f"{until_closed}; echo 'no database' >&2; exit 1"]
        account.version("kept-out", site(nginx={"command": command}))
        account.create(environment, "kept-out", SINGLE)
        account.until(environment, lambda found: found["Health"] == "Red")
        events = account.events(environment)
        (why,) = [event for event in events if "No security group of unreachable" in event]
        assert why.startswith("WARN multidocker: [Instance: i-")
        assert why.endswith("Connections to it time out.")
        assert "with code 1. Its last log lines:\nnc: timed out\nno database" in "\n".join(events)


@pytest.fixture(scope="module")
def pair(account: Account) -> Iterator[str]:
    """An environment with two instances that several tests share."""
    found = account.create("pair", "v1", TWO, BATCH)
    assert found["Health"] == "Green", account.events("pair")
    yield "pair"
    account.terminate("pair")


@pytest.fixture
def url(account: Account, pair: str) -> str:
    return f"http://{account.describe(pair)['EndpointURL']}"


class TestTwoInstances:
    def test_rolling_fails_no_request(self, account: Account, pair: str, url: str) -> None:
        account.update(pair, "v1", f"{POLICY} Rolling")
        with Client(url) as asking:
            found = account.update(pair, "v2")
        assert (found["VersionLabel"], found["Health"]) == ("v2", "Green")
        assert asking.failed == []
        assert set(asking.answers) == {"v1", "v2"}
        assert len(asking.answers) > 50
        assert "INFO Batch 2: Completed application deployment." in account.events(pair)

    def test_all_at_once_fails_some(self, account: Account, pair: str, url: str) -> None:
        account.update(pair, None, f"{POLICY} AllAtOnce")
        with Client(url) as asking:
            assert account.update(pair, "v1")["Health"] == "Green"
        assert asking.failed

    def test_one_crash_is_degraded_and_the_other_serves(
        self, account: Account, pair: str, url: str
    ) -> None:
        (nginx,) = [c for c in account.tasks(pair)[0]["containers"] if c["name"] == "nginx"]
        account.engine.containers.get(nginx["runtimeId"]).kill()
        found = account.until(pair, lambda found: found["Health"] == "Red")
        assert found["HealthStatus"] == "Degraded"
        assert "Impaired services on 1 out of 2 instances." in account.causes(pair)
        assert {requests.get(url).text for _ in range(6)} == {"v1"}
        account.eb.restart_app_server(EnvironmentName=pair)
        assert account.settled(pair)["Health"] == "Green"
        assert len(account.tasks(pair)) == 2

    def test_a_rebuild_makes_all_anew(self, account: Account, pair: str) -> None:
        before = account.resources(pair)
        account.eb.rebuild_environment(EnvironmentName=pair)
        assert account.settled(pair)["Health"] == "Green"
        after = account.resources(pair)
        assert before["Cluster"] != after["Cluster"]
        assert not [i for i in before["Instances"] if i in after["Instances"]]


def test_swapping_is_seen_by_the_host(
    account: Account, emulator: EmulatorProcess, environment: str
) -> None:
    blue = account.create(environment, "v1", SINGLE, CNAMEPrefix="blue-site")
    green = account.create("swap-green", "v2", SINGLE, CNAMEPrefix="green-site")

    def page(found: Json) -> str:
        return requests.get(emulator.endpoint_url, headers={"Host": found["CNAME"]}).text

    assert (page(blue), page(green)) == ("v1", "v2")
    account.eb.swap_environment_cnames(
        SourceEnvironmentName=environment, DestinationEnvironmentName="swap-green"
    )
    assert (page(blue), page(green)) == ("v2", "v1")
    account.terminate("swap-green")


def test_the_end_of_the_emulator_leaves_nothing_of_an_environment(
    docker_client: DockerClient, busybox: str
) -> None:
    with start_emulator(EmulatorOptions(stop_timeout=2)) as emulator:
        account = Account(emulator, docker_client, busybox)
        account.version("v1", site())
        assert account.create("left-alone", "v1", TWO)["Health"] == "Green"
        slow = site(nginx={"command": ["sleep", "60"]})
        account.version("slow", slow)
        account.eb.update_environment(EnvironmentName="left-alone", VersionLabel="slow")
        run_id = emulator.run_id
        began = time.monotonic()
    assert time.monotonic() - began < 15
    assert left_of(run_id) == []
