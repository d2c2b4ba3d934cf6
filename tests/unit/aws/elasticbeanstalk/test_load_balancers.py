"""The load balancers of environments in the APIs of Elastic Load Balancing."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from support.apis import send_query
from support.beanstalk import Beanstalk
from support.clients import client, refusal

pytestmark = pytest.mark.filterwarnings("ignore:Exception.*does not match an error shape")

TWO = "aws:autoscaling:asg MinSize 2"
KIND = "aws:elasticbeanstalk:environment LoadBalancerType"
GROUPS = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup"


@pytest.fixture
def shop(beanstalk: Beanstalk) -> Beanstalk:
    beanstalk.version("v1", {"web": "serve:one"})
    return beanstalk


def balancer_of(shop: Beanstalk, name: str = "shop-env") -> str:
    resources = shop.api.describe_environment_resources(EnvironmentName=name)
    (balancer,) = resources["EnvironmentResources"]["LoadBalancers"]
    return str(balancer["Name"])


def until(states: Callable[[], list[str]], wanted: list[str]) -> None:
    """Wait for states of health: they are what the last look has found."""
    deadline = time.monotonic() + 5
    while (found := states()) != wanted:
        assert time.monotonic() < deadline, found
        time.sleep(0.02)


def test_a_classic_one_has_a_name_and_instances_in_service(shop: Beanstalk) -> None:
    found = shop.create("v1", "shop-env", TWO)
    name, elb = balancer_of(shop), client(shop.url, "elb")
    assert name.startswith("awseb-e-")
    (described,) = elb.describe_load_balancers(LoadBalancerNames=[name])["LoadBalancerDescriptions"]
    assert described["DNSName"] == found["EndpointURL"]
    assert {i["InstanceId"] for i in described["Instances"]} == set(shop.cloud.machines)
    assert described["SecurityGroups"] == list(shop.cloud.groups)

    def states() -> list[str]:
        answer = elb.describe_instance_health(LoadBalancerName=name)
        return sorted(state["State"] for state in answer["InstanceStates"])

    assert states() == ["InService", "InService"]
    arn = next(a for a, task in shop.cloud.tasks.items() if task["lastStatus"] == "RUNNING")
    shop.cloud.exit(arn, "web", 1)
    until(states, ["InService", "OutOfService"])
    (unknown,) = elb.describe_instance_health(
        LoadBalancerName=name, Instances=[{"InstanceId": "i-1"}]
    )["InstanceStates"]
    assert unknown["State"] == "Unknown"


@pytest.mark.parametrize(("kind", "sort"), [("application", "app"), ("network", "net")])
def test_any_other_has_an_arn_and_a_group_of_targets(shop: Beanstalk, kind: str, sort: str) -> None:
    found = shop.create("v1", "shop-env", TWO, f"{KIND} {kind}")
    arn, elbv2 = balancer_of(shop), client(shop.url, "elbv2")
    assert f":123456789012:loadbalancer/{sort}/awseb--AWSEB-" in arn
    assert found["Resources"]["LoadBalancer"]["LoadBalancerName"] == arn
    (described,) = elbv2.describe_load_balancers()["LoadBalancers"]
    assert (described["LoadBalancerArn"], described["Type"]) == (arn, kind)
    (group,) = elbv2.describe_target_groups(LoadBalancerArn=arn)["TargetGroups"]
    assert group["TargetGroupArn"].startswith(GROUPS)

    def states() -> list[str]:
        answer = elbv2.describe_target_health(TargetGroupArn=group["TargetGroupArn"])
        healths = [target["TargetHealth"] for target in answer["TargetHealthDescriptions"]]
        return sorted(f"{health['State']} {health.get('Reason', '')}" for health in healths)

    assert states() == ["healthy ", "healthy "]
    arn = next(a for a, task in shop.cloud.tasks.items() if task["lastStatus"] == "RUNNING")
    shop.cloud.exit(arn, "web", 1)
    until(states, ["healthy ", "unhealthy Target.FailedHealthChecks"])


def test_those_of_clients_are_there_as_well_and_terminated_ones_are_not(shop: Beanstalk) -> None:
    elb = client(shop.url, "elb")
    listener = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}
    elb.create_load_balancer(LoadBalancerName="mine", Listeners=[listener])
    shop.create("v1", "shop-env")
    name = balancer_of(shop)
    found = elb.describe_load_balancers()["LoadBalancerDescriptions"]
    assert {one["LoadBalancerName"] for one in found} == {"mine", name}
    assert elb.describe_instance_health(LoadBalancerName="mine")["InstanceStates"] == []

    shop.api.terminate_environment(EnvironmentName="shop-env")
    shop.settled()
    assert refusal(elb.describe_instance_health, LoadBalancerName=name)[1] == (
        f"There is no ACTIVE Load Balancer named '{name}'"
    )
    elb.delete_load_balancer(LoadBalancerName="mine")
    assert elb.describe_load_balancers()["LoadBalancerDescriptions"] == []


def test_the_two_apis_are_told_apart_where_something_is_missing(shop: Beanstalk) -> None:
    versions = {"2012-06-01": "elb", "2015-12-01": "elbv2"}
    for version, name in versions.items():
        answer = send_query(shop.url, "elasticloadbalancing", Action="Bogus", Version=version)
        assert f"<Message>Could not find operation Bogus for version {version} of {name}.<" in (
            answer.text
        )
