"""The EB CLI against ``multidocker serve``, from nothing to Green to nothing."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from docker import DockerClient
from support.served import Program, Serve, pointed_at
from support.site import dockerrun, get, page

from pytest_multidocker.deploy.account import Account
from pytest_multidocker.deploy.inventory import inventory
from pytest_multidocker.engine.run import RUN_LABEL

#: The EB CLI asks no profile for the region, and takes us-west-2.
INIT = "init", "--platform", "ECS running on 64bit Amazon Linux 2023", "--region", "us-east-1"
#: As in AWS, the EB CLI deletes neither the roles that it makes nor Elastic Beanstalk's bucket; the
#: cluster is what an emulator begins with.
LEFT = [
    "IAM role aws-elasticbeanstalk-ec2-role",
    "IAM role aws-elasticbeanstalk-service-role",
    "bucket elasticbeanstalk-us-east-1-123456789012",
    "cluster arn:aws:ecs:us-east-1:123456789012:cluster/default",
    "instance profile aws-elasticbeanstalk-ec2-role",
]


PROFILE = """\
[profile multidocker]
region = us-east-1
endpoint_url = {}
aws_access_key_id = test
aws_secret_access_key = test
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def test_from_nothing_to_green_to_nothing(
    serve: Serve, engine: DockerClient, image: str, project: Path, tmp_path: Path
) -> None:
    eb = with_profile(serve.url, tmp_path, project)
    write(project, image, "v1")
    initialized = eb(*INIT, "shop", "--profile", "multidocker")
    assert "Application shop has been created." in initialized

    created = eb("create", "shop-blue", "--single", "--envvars", "COLOUR=blue")
    assert "Successfully launched environment: shop-blue" in created
    assert_green(eb, "shop-blue")
    assert get(cname(eb, "shop-blue"), serve.url) == page("v1", "blue")

    assert_update(eb, serve, project, image)
    assert_logs(eb, project)
    assert_swap(eb, serve)

    assert "terminateEnvironment completed successfully." in eb("terminate", "shop-blue", "--force")
    eb("terminate", "--all", "--force")
    assert sorted(inventory(Account(serve.url, "us-east-1"))) == LEFT
    assert engine.api.containers(all=True, filters={"label": f"{RUN_LABEL}={serve.run_id}"}) == []


def test_the_variables_point_it_as_well(serve: Serve, project: Path, tmp_path: Path) -> None:
    eb = Program("eb", pointed_at(serve.url, tmp_path), project)
    initialized = eb(*INIT, "other")
    assert "Application other has been created." in initialized
    eb("terminate", "--all", "--force")


def test_a_load_balanced_environment_and_its_saved_configuration(
    serve: Serve, image: str, project: Path, tmp_path: Path
) -> None:
    eb = with_profile(serve.url, tmp_path, project)
    write(project, image, "v1")
    eb(*INIT, "shop-lb", "--profile", "multidocker")
    for kind, healthy in (("application", "healthy"), ("classic", "InService")):
        eb("create", f"lb-{kind}", "--elb-type", kind, "--envvars", "COLOUR=blue")
        assert re.search(
            rf"Running instances: 1\s+i-[0-9a-f]+: {healthy}", eb("status", f"lb-{kind}", "-v")
        )

    saved = project / ".elasticbeanstalk/saved_configs/nice.cfg.yml"
    assert "Configuration saved at: " in eb("config", "save", "lb-classic", "--cfg", "nice")
    assert "COLOUR: blue" in saved.read_text()
    saved.write_text(saved.read_text().replace("blue", "green"))
    eb("config", "put", "nice")
    assert eb("config", "list").split() == ["nice"]
    saved.unlink()
    eb("config", "get", "nice")
    assert "COLOUR: green" in saved.read_text()
    assert "Successfully deployed new configuration" in eb("config", "lb-classic", "--cfg", "nice")
    assert get(cname(eb, "lb-classic"), serve.url) == page("v1", "green")
    eb("config", "delete", "nice")
    assert eb("config", "list") == ""

    refused = eb.failing("create", "lb-sample", "--sample", "--single")
    assert "multidocker has no sample application for version Sample Application" in refused
    eb("terminate", "--all", "--force")


def with_profile(url: str, home: Path, project: Path) -> Program:
    """Return an EB CLI that knows the endpoint from a profile alone."""
    config = home / ".aws/config"
    config.parent.mkdir()
    config.write_text(PROFILE.format(url))
    return Program("eb", {"PATH": os.environ["PATH"], "HOME": str(home)}, project)


def write(project: Path, image: str, version: str) -> None:
    (project / "Dockerrun.aws.json").write_text(json.dumps(dockerrun(image, version)))


def assert_green(eb: Program, name: str) -> None:
    status = eb("status", name)
    assert "Status: Ready" in status
    assert "Health: Green" in status
    health = eb("health", name)
    assert re.search(rf"{name} +Ok ", health)
    assert re.search(r"total +ok .*\n +1 +1 +0 ", health)
    assert re.search(r"i-[0-9a-f]+ +Ok ", health)


def cname(eb: Program, name: str) -> str:
    found = re.search(r"CNAME: (\S+)", eb("status", name))
    assert found
    return found[1]


def assert_update(eb: Program, serve: Serve, project: Path, image: str) -> None:
    """Deploy another version, then change a setting."""
    address = cname(eb, "shop-blue")
    write(project, image, "v2")
    deployed = eb("deploy", "--label", "second")
    assert "New application version was deployed to running EC2 instances." in deployed
    assert "Deployed Version: second" in eb("status")
    assert get(address, serve.url) == page("v2", "blue")

    assert "Successfully deployed new configuration" in eb("setenv", "COLOUR=azure")
    assert "COLOUR = azure" in eb("printenv")
    assert get(address, serve.url) == page("v2", "azure")

    events = eb("events").splitlines()
    assert events[0].endswith("INFO    createEnvironment is starting.")
    assert events[-1].endswith("INFO    Environment update completed successfully.")


def assert_logs(eb: Program, project: Path) -> None:
    assert "the worker works" in eb("logs")
    eb("logs", "--all")
    latest = project / ".elasticbeanstalk/logs/latest"
    (log,) = latest.glob("i-*/var/log/containers/worker-*-stdouterr.log")
    assert log.read_text().strip() == "the worker works"


def assert_swap(eb: Program, serve: Serve) -> None:
    eb("create", "shop-green", "--single", "--version", "second", "--envvars", "COLOUR=green")
    old, new = cname(eb, "shop-blue"), cname(eb, "shop-green")
    swapped = eb("swap", "shop-blue", "--destination_name", "shop-green")
    assert "Completed swapping CNAMEs for environments 'shop-blue' and 'shop-green'." in swapped
    assert (cname(eb, "shop-blue"), cname(eb, "shop-green")) == (new, old)
    assert get(old, serve.url) == page("v2", "green")
    assert get(new, serve.url) == page("v2", "azure")
