"""Elastic Beanstalk by the AWS CLI, from nothing to Green to nothing."""

from __future__ import annotations

from pathlib import Path

import requests
from docker import DockerClient
from support.served import Aws, Json, Serve
from support.site import STACK, bundle, get, page

from pytest_multidocker.engine.run import RUN_LABEL

#: What an account has that nobody has used.
EMPTY = {
    "environments": [],
    "versions": [],
    "applications": [],
    "clusters": ["arn:aws:ecs:us-east-1:123456789012:cluster/default"],
    "definitions": [],
    "instances": [],
    "groups": ["default"],
    "buckets": "",
}


def test_from_nothing_to_green_to_nothing(
    aws: Aws, serve: Serve, engine: DockerClient, image: str, tmp_path: Path
) -> None:
    upload(aws, image, tmp_path)
    launch(aws, "shop-blue", "v1", "blue")
    serve.until("shop-blue", "Successfully launched environment: shop-blue")
    blue = described(aws, "shop-blue")
    assert (blue["Health"], blue["HealthStatus"]) == ("Green", "Ok")
    assert get(blue["EndpointURL"]) == get(blue["CNAME"], serve.url) == page("v1", "blue")

    assert_healthy(aws, "shop-blue")
    assert_update(aws, serve, "shop-blue")
    assert_restart(aws, serve, engine, "shop-blue")
    assert_logs(aws, serve, "shop-blue")
    assert_swap(aws, serve)

    remove(aws, serve)
    assert account(aws) == EMPTY
    assert engine.api.containers(all=True, filters={"label": f"{RUN_LABEL}={serve.run_id}"}) == []


def upload(aws: Aws, image: str, folder: Path) -> None:
    """Make an application with the versions v1 and v2."""
    aws.text("s3", "mb", "s3://bundles")
    eb(aws, "create-application", "--application-name", "shop")
    for label in ("v1", "v2"):
        path = folder / f"{label}.zip"
        path.write_bytes(bundle(image, label))
        aws.text("s3", "cp", str(path), f"s3://bundles/{path.name}")
        source = f"S3Bucket=bundles,S3Key={path.name}"
        named = ["--application-name", "shop", "--version-label", label]
        made = eb(aws, "create-application-version", *named, "--source-bundle", source)
        assert made["ApplicationVersion"]["SourceBundle"]["S3Key"] == path.name


def launch(aws: Aws, name: str, version: str, colour: str) -> None:
    made = eb(
        aws,
        "create-environment",
        *("--application-name", "shop"),
        *("--environment-name", name),
        *("--version-label", version),
        *("--solution-stack-name", STACK),
        *("--option-settings", setting("COLOUR", colour)),
    )
    assert made["Status"] == "Launching"


def setting(name: str, value: str) -> str:
    namespace = "aws:elasticbeanstalk:application:environment"
    return f"Namespace={namespace},OptionName={name},Value={value}"


def assert_healthy(aws: Aws, name: str) -> None:
    eb(aws, "wait", "environment-exists", "--environment-names", name)
    query = ["--environment-name", name, "--attribute-names", "All"]
    health = eb(aws, "describe-environment-health", *query)
    assert (health["Color"], health["InstancesHealth"]["Ok"]) == ("Green", 1)
    (instance,) = eb(aws, "describe-instances-health", *query)["InstanceHealthList"]
    assert (instance["HealthStatus"], instance["Deployment"]["VersionLabel"]) == ("Ok", "v1")
    resources = eb(aws, "describe-environment-resources", "--environment-name", name)
    assert resources["EnvironmentResources"]["Instances"] == [{"Id": instance["InstanceId"]}]


def assert_update(aws: Aws, serve: Serve, name: str) -> None:
    """Deploy another version, then change a setting."""
    eb(aws, "update-environment", "--environment-name", name, "--version-label", "v2")
    serve.until(name, "Environment update completed successfully.")
    eb(aws, "wait", "environment-updated", "--environment-names", name)
    updated = described(aws, name)
    assert (updated["VersionLabel"], updated["Health"]) == ("v2", "Green")
    assert get(updated["EndpointURL"]) == page("v2", "blue")

    azure = setting("COLOUR", "azure")
    eb(aws, "update-environment", "--environment-name", name, "--option-settings", azure)
    serve.until(name, "Environment update completed successfully.")
    assert get(updated["EndpointURL"]) == page("v2", "azure")

    events = eb(aws, "describe-events", "--environment-name", name)["Events"]
    told = [event["Message"] for event in reversed(events)]
    assert told[0] == "createEnvironment is starting."
    steps = [
        f"Successfully launched environment: {name}",
        "New application version was deployed to running EC2 instances.",
        "Successfully deployed new configuration to environment.",
    ]
    assert [message for message in told if message in steps] == steps


def assert_restart(aws: Aws, serve: Serve, engine: DockerClient, name: str) -> None:
    running = {"label": [f"{RUN_LABEL}={serve.run_id}"], "status": "running"}
    old = {container["Id"] for container in engine.api.containers(filters=running)}
    eb(aws, "restart-app-server", "--environment-name", name)
    serve.until(name, "Restarted application server on all ec2 instances.")
    new = {container["Id"] for container in engine.api.containers(filters=running)}
    assert (len(old), len(new), old & new) == (2, 2, set())


def assert_logs(aws: Aws, serve: Serve, name: str) -> None:
    query = ["--environment-name", name, "--info-type", "tail"]
    eb(aws, "request-environment-info", *query)
    serve.until(name, "Pulled logs for environment instances.")
    (log,) = eb(aws, "retrieve-environment-info", *query)["EnvironmentInfo"]
    assert "the worker works" in requests.get(log["Message"], timeout=10).text


def assert_swap(aws: Aws, serve: Serve) -> None:
    launch(aws, "shop-green", "v1", "green")
    serve.until("shop-green", "Successfully launched environment: shop-green")
    old, new = described(aws, "shop-blue")["CNAME"], described(aws, "shop-green")["CNAME"]
    assert get(old, serve.url) == page("v2", "azure")

    both = ["--source-environment-name", "shop-blue"]
    both += ["--destination-environment-name", "shop-green"]
    eb(aws, "swap-environment-cnames", *both)

    assert get(old, serve.url) == page("v1", "green")
    assert get(new, serve.url) == page("v2", "azure")


def remove(aws: Aws, serve: Serve) -> None:
    names = ["shop-blue", "shop-green"]
    for name in names:
        ending = eb(aws, "terminate-environment", "--environment-name", name)
        assert ending["Status"] == "Terminating"
        serve.until(name, "terminateEnvironment completed successfully.")
    eb(aws, "wait", "environment-terminated", "--environment-names", *names)
    eb(aws, "delete-application", "--application-name", "shop")
    for bucket in aws("s3api", "list-buckets")["Buckets"]:
        aws.text("s3", "rb", "--force", f"s3://{bucket['Name']}")


def eb(aws: Aws, *arguments: str) -> Json:
    return aws("elasticbeanstalk", *arguments)


def described(aws: Aws, name: str) -> Json:
    (found,) = eb(aws, "describe-environments", "--environment-names", name)["Environments"]
    return dict(found)


def account(aws: Aws) -> dict[str, object]:
    """What the lists of all services that an environment uses show."""
    running = "Reservations[].Instances[?State.Name != 'terminated'][]"
    return {
        "environments": eb(aws, "describe-environments", "--no-include-deleted")["Environments"],
        "versions": eb(aws, "describe-application-versions")["ApplicationVersions"],
        "applications": eb(aws, "describe-applications")["Applications"],
        "clusters": listed(aws, "ecs", "list-clusters", "clusterArns"),
        "definitions": listed(aws, "ecs", "list-task-definitions", "taskDefinitionArns"),
        "instances": listed(aws, "ec2", "describe-instances", running),
        "groups": listed(aws, "ec2", "describe-security-groups", "SecurityGroups[].GroupName"),
        "buckets": aws.text("s3", "ls"),
    }


def listed(aws: Aws, service: str, command: str, query: str) -> list[str]:
    return aws.text(service, command, "--query", query, "--output", "text").split()
