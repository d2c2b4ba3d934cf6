"""Security groups decide whether a task reaches its database."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.clients import client

from pytest_multidocker.aws.options import EmulatorOptions
from pytest_multidocker.aws.process import EmulatorProcess, start_emulator
from pytest_multidocker.stack.monitor import Monitor

PORT = 6379
ASK = "echo PING | timeout 5 nc -w 2 $HOST 6379 | grep -q PONG"
UNTIL_CLOSED = f"while {ASK}; do sleep 0.1; done; "  # a door may be heard for tenths of a second


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorProcess]:
    with start_emulator(EmulatorOptions(cleanup_after=0.0)) as process:
        yield process


class Account:
    """A cluster in which every instance and database is in the groups that a test gives it."""

    def __init__(self, emulator: EmulatorProcess, image: str) -> None:
        self._image = image
        names = ("ec2", "ecs", "elasticache")
        self.ec2, self.ecs, self.elasticache = (client(emulator.endpoint_url, n) for n in names)
        self.monitor = Monitor(emulator.endpoint_url)
        self.ecs.create_cluster(clusterName="security")

    def group(self, name: str) -> str:
        made = self.ec2.create_security_group(GroupName=name, Description="of a test")
        return str(made["GroupId"])

    def let_in(self, group: str, source: str, low: int, high: int) -> dict[str, Any]:
        pair = [{"GroupId": source}]
        rule = {"IpProtocol": "tcp", "FromPort": low, "ToPort": high, "UserIdGroupPairs": pair}
        self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
        return rule

    def redis(self, name: str, groups: list[str]) -> str:
        self.elasticache.create_cache_cluster(
            CacheClusterId=name,
            Engine="redis",
            CacheNodeType="cache.t3.micro",
            NumCacheNodes=1,
            SecurityGroupIds=groups,
        )

        def up() -> bool:
            state = self.monitor.database(name)
            return state is not None and state.state == "available"

        assert self.monitor.wait(up, 60)
        found = self.elasticache.describe_cache_clusters(
            CacheClusterId=name, ShowCacheNodeInfo=True
        )
        return str(found["CacheClusters"][0]["CacheNodes"][0]["Endpoint"]["Address"])

    def exit_code(self, script: str, host: str, groups: list[str], beside: str = "") -> int:
        """Run a script in a task on an EC2 instance in these groups; return its exit code.

        ``beside`` is what another container of the task runs, which may end as it likes.
        """
        (machine,) = self.ec2.run_instances(
            ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SecurityGroupIds=groups
        )["Instances"]
        registered = self.ecs.register_container_instance(
            cluster="security",
            instanceIdentityDocument=json.dumps({"instanceId": machine["InstanceId"]}),
        )["containerInstance"]["containerInstanceArn"]
        scripts = {"app": script, **({"beside": beside} if beside else {})}
        containers = [
            {
                "name": name,
                "image": self._image,
                "memory": 16,
                "essential": name == "app",
                "command": ["sh", "-c", text],
                "environment": [{"name": "HOST", "value": host}],
            }
            for name, text in scripts.items()
        ]
        self.ecs.register_task_definition(family="ask", containerDefinitions=containers)
        (task,) = self.ecs.start_task(
            cluster="security", taskDefinition="ask", containerInstances=[registered]
        )["tasks"]

        def stopped() -> bool:
            seen = self.monitor.task(task["taskArn"])
            return seen is not None and seen["lastStatus"] == "STOPPED"

        assert self.monitor.wait(stopped, 60)
        seen = self.monitor.task(task["taskArn"])
        assert seen is not None
        return int(seen["containers"][0]["exitCode"])


@pytest.fixture(scope="module")
def account(emulator: EmulatorProcess, busybox: str) -> Iterator[Account]:
    made = Account(emulator, busybox)
    yield made
    made.monitor.close()


@pytest.fixture(scope="module")
def redis(account: Account) -> tuple[str, str]:
    """A Redis whose group lets its members in on its port; the group and the address."""
    group = account.group("databases")
    account.let_in(group, group, 5432, PORT)
    return group, account.redis("inside", [group])


def test_a_member_of_the_group_reaches_the_database(
    account: Account, redis: tuple[str, str]
) -> None:
    group, host = redis

    assert account.exit_code(f"{ASK} && sleep 1 && {ASK}", host, [group]) == 0


def test_another_group_s_member_finds_it_timing_out_and_an_event_says_why(
    account: Account, redis: tuple[str, str], refusals: Callable[[], list[dict[str, Any]]]
) -> None:
    group, host = redis
    other = account.group("others")

    assert account.exit_code(f"{UNTIL_CLOSED}nc -w 2 $HOST {PORT} 2>&1", host, [other]) == 1

    assert [event["database"] for event in refusals()][-1] == "inside"
    assert refusals()[-1]["why"] == (
        f"No security group of inside lets {other} in on port {PORT}: databases ({group}) lets in "
        f"ports 5432-{PORT} from {group}. Connections to it time out."
    )


def test_a_rule_for_other_ports_does_not_help(account: Account) -> None:
    group = account.group("wrong-ports")
    account.let_in(group, group, 5432, 5432)
    host = account.redis("wrong", [group])

    assert account.exit_code(f"{UNTIL_CLOSED}exit 1", host, [group]) == 1


def test_a_database_in_no_group_is_in_the_default_one(account: Account) -> None:
    group = account.group("apps")
    host = account.redis("alone", [])

    assert account.exit_code(f"{UNTIL_CLOSED}exit 1", host, [group]) == 1


def test_a_rule_that_comes_later_opens_the_door_to_what_runs(
    account: Account, emulator: EmulatorProcess
) -> None:
    group, app = account.group("later"), account.group("later-apps")
    host = account.redis("later", [group])

    def open_when_kept_out() -> None:
        """Wait until a container beside the other has found the door closed."""
        url = f"{emulator.endpoint_url}/_multidocker/events?since=0"
        with urllib.request.urlopen(url, timeout=30) as answer:
            tasks = (json.loads(line) for line in answer if b'"beside"' in line)
            beside = (c for t in tasks for c in t["containers"] if c["name"] == "beside")
            ended = next(c for c in beside if c["lastStatus"] == "STOPPED")
            codes.append(ended["exitCode"])
        account.let_in(group, app, PORT, PORT)

    codes: list[int] = []
    opener = threading.Thread(target=open_when_kept_out)
    opener.start()
    until_open = f"{UNTIL_CLOSED}while ! {{ {ASK}; }}; do :; done"
    assert account.exit_code(until_open, host, [app], beside=f"{UNTIL_CLOSED}exit 1") == 0
    opener.join()
    assert codes == [1]


@pytest.fixture
def refusals(emulator: EmulatorProcess) -> Callable[[], list[dict[str, Any]]]:
    def seen() -> list[dict[str, Any]]:
        url = f"{emulator.endpoint_url}/_multidocker/events?since=0&follow=0"
        with urllib.request.urlopen(url) as answer:
            events = [json.loads(line) for line in answer if line.strip()]
        return [event for event in events if event["kind"] == "security.refused"]

    return seen
