"""`multidocker deploy` and `destroy` as a user runs them, interrupted at every step too."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from docker import DockerClient
from support.clients import client

from pytest_multidocker.aws.options import EmulatorOptions
from pytest_multidocker.aws.process import EmulatorProcess, start_emulator
from pytest_multidocker.deploy.account import Account
from pytest_multidocker.deploy.inventory import inventory
from pytest_multidocker.engine.sweep import leftovers

MULTIDOCKER = [sys.executable, "-m", "pytest_multidocker"]
SETTINGS = """\
[tool.multidocker.deploy]
application = "shop"

[tool.multidocker.environment]
REDIS_HOST = "${elasticache.shop-redis.address}"

[tool.multidocker.elasticache.shop-redis]
"""
SERVICES = ("elasticbeanstalk", "iam", "ec2", "elasticache")
SERVE = 'mkdir -p /www && echo "redis is $REDIS_HOST" > /www/index.html && httpd -f -p 80 -h /www'


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorProcess]:
    with start_emulator(EmulatorOptions()) as process:
        yield process


@pytest.fixture
def project(tmp_path: Path, busybox: str) -> Path:
    container = {
        "name": "web",
        "image": busybox,
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


Verb = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(project: Path, emulator: EmulatorProcess) -> Verb:
    def run(verb: str, *options: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*MULTIDOCKER, verb, str(project), "--endpoint-url", emulator.endpoint_url, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return run


def complete(process: subprocess.Popen[str]) -> tuple[int, list[str], str]:
    output, errors = process.communicate(timeout=90)
    return process.returncode, output.splitlines(), errors


def held(emulator: EmulatorProcess) -> list[str]:
    """What the account holds, apart from the cluster that an emulator begins with."""
    return [
        thing
        for thing in inventory(Account(emulator.endpoint_url, "us-east-1"))
        if not thing.endswith("cluster/default")
    ]


def test_from_nothing_to_green_to_nothing(
    start: Verb, emulator: EmulatorProcess, docker_client: DockerClient, project: Path
) -> None:
    status, said, errors = complete(start("deploy"))
    assert status == 0, errors
    with urllib.request.urlopen(said[-1]) as page:
        assert b"redis is shop-redis." in page.read()

    status, again, _ = complete(start("deploy"))
    assert status == 0
    assert not [line for line in again if "created" in line or "launching" in line]

    status, planned, _ = complete(start("destroy", "--plan"))
    assert status == 0
    assert "would destroy environment shop-env" in [
        line.partition(" (after")[0] for line in planned
    ]

    status, said, errors = complete(start("destroy"))
    assert (status, said[-1]) == (0, "nothing is left"), errors
    assert held(emulator) == []
    left = leftovers(docker_client, emulator.run_id)
    assert not [name for name in left.containers if name.startswith("ecs-")]
    assert not (project / ".multidocker").exists()
    assert complete(start("destroy"))[1] == ["nothing is left"]


def test_an_image_made_anew_is_deployed_though_the_bundle_is_the_same(
    project: Path, start: Verb, busybox: str, docker_client: DockerClient
) -> None:
    file, image = project / "Dockerrun.aws.json", "deploy-test/web:1"
    dockerrun = json.loads(file.read_text())
    serve = {"image": image, "command": ["httpd", "-f", "-p", "80", "-h", "/"]}
    dockerrun["containerDefinitions"][0].update(serve)
    file.write_text(json.dumps(dockerrun))
    (project / ".ebignore").write_text("*\n!Dockerrun.aws.json\n")
    (project / "web").mkdir()
    pages = []
    try:
        for page in ("one", "two", "two"):
            recipe = f"FROM {busybox}\nRUN echo {page} > /page\n"
            (project / "web" / "Dockerfile").write_text(recipe)
            docker_client.images.build(path=str(project / "web"), tag=image, rm=True)
            status, said, errors = complete(start("deploy"))
            assert status == 0, errors
            with urllib.request.urlopen(f"{said[-1]}/page") as answer:
                pages.append((answer.read(), any("updating to" in line for line in said)))
    finally:
        assert complete(start("destroy"))[0] == 0
        docker_client.images.remove(image, force=True)

    assert pages == [(b"one\n", False), (b"two\n", True), (b"two\n", False)]


def test_interrupted_at_every_step_the_next_run_completes_it(
    start: Verb, emulator: EmulatorProcess
) -> None:
    deploys = interrupted(lambda: start("deploy"))
    assert deploys >= 6
    assert "environment shop-env" in held(emulator)

    destroys = interrupted(lambda: start("destroy"))
    assert destroys >= 6
    assert held(emulator) == []


def interrupted(run: Callable[[], subprocess.Popen[str]]) -> int:
    """Run again and again, each time until the first new word; return how often until the end."""
    seen: set[str] = set()
    for count in range(60):
        process = run()
        assert process.stdout is not None
        if not any(line not in seen and not seen.add(line) for line in process.stdout):  # type: ignore[func-returns-value]
            assert complete(process)[0] == 0
            return count
        process.send_signal(signal.SIGKILL if count % 2 else signal.SIGINT)
        _, _, errors = complete(process)
        assert "Traceback" not in errors
    raise AssertionError(f"it never came to an end, and said {sorted(seen)}")


def test_a_broken_contract_is_told_before_anything_is_made(
    start: Verb, emulator: EmulatorProcess, project: Path
) -> None:
    file = project / "Dockerrun.aws.json"
    file.write_text(file.read_text().replace('"memory": 16, ', ""))

    status, said, errors = complete(start("deploy"))

    assert (status, said) == (2, [])
    assert "MD401" in errors
    assert held(emulator) == []


def test_what_does_not_turn_green_is_told_with_the_events(
    start: Verb, project: Path, emulator: EmulatorProcess
) -> None:
    file = project / "Dockerrun.aws.json"
    file.write_text(file.read_text().replace("httpd -f", "echo out of order; exit 3; httpd -f"))

    status, _, errors = complete(start("deploy"))

    assert status == 2
    assert "error: environment shop-env:" in errors
    assert "Essential container in task exited" in errors
    assert "out of order" in errors
    assert complete(start("destroy"))[0] == 0
    assert held(emulator) == []


def test_a_database_in_a_group_of_its_own_is_left_there_and_told_to_be_out_of_reach(
    start: Verb, project: Path, emulator: EmulatorProcess
) -> None:
    settings = project / "pyproject.toml"
    settings.write_text(settings.read_text() + 'security_groups = ["vault"]\n')
    status, _, errors = complete(start("deploy"))
    assert status == 2
    assert "ElastiCache shop-redis: there is no security group 'vault'." in errors

    ec2 = client(emulator.endpoint_url, "ec2")
    vault = ec2.create_security_group(GroupName="vault", Description="of a test")["GroupId"]
    status, _, errors = complete(start("deploy"))
    assert status == 0, errors
    beanstalk, told = client(emulator.endpoint_url, "elasticbeanstalk"), ""
    deadline = time.monotonic() + 30
    while f"vault ({vault}) lets in nothing. Connections to it time out." not in told:
        assert time.monotonic() < deadline, told
        events = beanstalk.describe_events(EnvironmentName="shop-env", Severity="WARN")["Events"]
        told = "\n".join(event["Message"] for event in events)

    assert complete(start("destroy"))[0] == 0
    ec2.delete_security_group(GroupId=vault)  # it was not ours
    assert held(emulator) == []


def test_a_bucket_of_the_user_s_and_what_others_keep_in_one_stay(
    start: Verb, project: Path, emulator: EmulatorProcess
) -> None:
    s3 = client(emulator.endpoint_url, "s3")
    s3.create_bucket(Bucket="mine")
    s3.put_object(Bucket="mine", Key="resources/logo.png", Body=b"precious")
    settings = project / "pyproject.toml"
    named = settings.read_text().replace('"shop"\n', '"shop"\nbucket = "mine"\n', 1)
    settings.write_text(named)
    assert complete(start("deploy"))[0] == 0
    of_beanstalk = "elasticbeanstalk-us-east-1-123456789012"
    s3.put_object(Bucket=of_beanstalk, Key="other/bundle.zip", Body=b"precious")

    status, said, errors = complete(start("destroy"))

    assert (status, said[-1]) == (0, "nothing is left"), errors
    assert "bucket mine: kept: it was there before" in said
    for bucket, key in (("mine", "resources/logo.png"), (of_beanstalk, "other/bundle.zip")):
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"precious"
        s3.delete_object(Bucket=bucket, Key=key)

    assert complete(start("destroy"))[0] == 0
    assert held(emulator) == ["bucket mine"]
    s3.delete_bucket(Bucket="mine")


def test_what_was_in_the_account_before_is_used_and_stays(
    start: Verb, emulator: EmulatorProcess
) -> None:
    service = {name: client(emulator.endpoint_url, name) for name in SERVICES}
    service["elasticbeanstalk"].create_application(ApplicationName="shop")
    service["iam"].create_user(UserName="shop-deployer")
    key = service["iam"].create_access_key(UserName="shop-deployer")["AccessKey"]["AccessKeyId"]
    ours = service["ec2"].create_security_group(GroupName="ours", Description="of a test")
    service["elasticache"].create_cache_cluster(
        CacheClusterId="shop-redis",
        NumCacheNodes=1,
        Engine="redis",
        CacheNodeType="cache.t3.micro",
        SecurityGroupIds=[ours["GroupId"]],
    )
    before = held(emulator)
    assert complete(start("deploy"))[0] == 0

    status, planned, _ = complete(start("destroy", "--plan"))
    assert "would destroy IAM user shop-deployer" not in planned
    status, said, errors = complete(start("destroy"))

    assert (status, said[-1]) == (0, "nothing is left"), errors
    for kept in ("application shop", "IAM user shop-deployer", "ElastiCache shop-redis"):
        assert f"{kept}: kept: it was there before" in said
    assert held(emulator) == before
    keys = service["iam"].list_access_keys(UserName="shop-deployer")["AccessKeyMetadata"]
    assert [each["AccessKeyId"] for each in keys] == [key]
    cluster = service["elasticache"].describe_cache_clusters(CacheClusterId="shop-redis")
    groups = cluster["CacheClusters"][0]["SecurityGroups"]
    assert [group["SecurityGroupId"] for group in groups] == [ours["GroupId"]]

    service["iam"].delete_access_key(UserName="shop-deployer", AccessKeyId=key)
    service["iam"].delete_user(UserName="shop-deployer")
    service["elasticbeanstalk"].delete_application(ApplicationName="shop")
    service["elasticache"].delete_cache_cluster(CacheClusterId="shop-redis")
    waiter = service["elasticache"].get_waiter("cache_cluster_deleted")
    waiter.wait(CacheClusterId="shop-redis", WaiterConfig={"Delay": 1})
    service["ec2"].delete_security_group(GroupId=ours["GroupId"])


def test_an_endpoint_elsewhere_is_refused(project: Path) -> None:
    command = [*MULTIDOCKER, "deploy", str(project), "--endpoint-url", "https://aws.example.com"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "--allow-host aws.example.com" in done.stderr
