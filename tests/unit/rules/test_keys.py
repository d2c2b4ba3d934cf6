"""Unknown keys: what they were meant to be, where they belong, and what stands under them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_multidocker.dockerrun import Document
from pytest_multidocker.rules import Finding, check

WEB = {"name": "web", "image": "e/w:1", "memory": 64,
       "portMappings": [{"hostPort": 80, "containerPort": 80}]}  # fmt: skip


def found(value: dict[str, Any]) -> list[Finding]:
    return check(Document(json.dumps(value)))


def said(value: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each.rule, each.pointer) for each in found(value)]


def dockerrun(container: dict[str, Any], **top: Any) -> dict[str, Any]:
    return {"AWSEBDockerrunVersion": 2, "containerDefinitions": [{**WEB, **container}], **top}


@pytest.mark.parametrize(
    ("value", "version"),
    [
        ({"Authentication": {"bucket": "b", "key": "k"}}, 3),
        ({"Authentication": {"Bucket": "b", "Key": "k"}}, 1),
        ({"AWSEBDockerrunversion": 3, "Authentication": {"bucket": "b", "key": "k"}}, 3),
        ({"Image": {"Name": "a/b:1"}, "Ports": [{"ContainerPort": 80}]}, 1),
        ({"containerDefinitions": [WEB], "authentication": {"bucket": "b", "key": "k"}}, 2),
    ],
)
def test_a_file_without_a_version_is_judged_by_its_keys(
    value: dict[str, Any], version: int
) -> None:
    (finding,) = found(value)
    assert finding.rule == "MD010"
    assert str(version) in finding.fix or finding.replacement is not None


@pytest.mark.parametrize("version", ["1", "3"])
def test_the_containers_of_a_wrong_version_are_looked_into(version: str) -> None:
    value = {"AWSEBDockerrunVersion": version, "containerDefinitions": [{"name": "web"}]}
    assert [rule for rule, _ in said(value)] == [
        "MD015" if version == "1" else "MD016", "MD305", "MD104", "MD401",
    ]  # fmt: skip


def test_keys_of_the_stated_version_are_not_complained_of() -> None:
    credentials = {"Authentication": {"bucket": "b", "key": "k"}}
    value = {"AWSEBDockerrunVersion": 3, **credentials, "containerDefinitions": [WEB]}
    assert said(value) == [("MD016", "/AWSEBDockerrunVersion")]
    image = {"Image": {"Name": "a/b:1"}, "Ports": [{"ContainerPort": 80}]}
    value = {"AWSEBDockerrunVersion": 1, **image, "containerDefinitions": [WEB]}
    assert said(value) == [("MD015", "/AWSEBDockerrunVersion")]


@pytest.mark.parametrize("key", ["containerDefinations", "ContainerDefinitions", "containers"])
def test_what_stands_under_a_misspelt_list_of_containers_is_looked_into(key: str) -> None:
    value = {"AWSEBDockerrunVersion": 2, key: [{**WEB, "memory": "64", "link": []}]}
    assert said(value) == [
        ("MD021", f"/{key}"),
        ("MD031", f"/{key}/0/memory"),
        ("MD021", f"/{key}/0/link"),
    ]


def test_volumes_and_authentication_are_looked_into_where_they_are_misspelt() -> None:
    value = dockerrun({}, Volumes=[{"name": "a b"}], Authentication={"Bucket": "b", "Key": "k"})
    assert said(value) == [
        ("MD021", "/Volumes"),
        ("MD505", "/Volumes/0/name"),
        ("MD509", "/Volumes/0/name"),
        ("MD021", "/Authentication"),
        ("MD021", "/Authentication/Bucket"),
        ("MD021", "/Authentication/Key"),
    ]
    assert "Elastic Beanstalk" in found(value)[-1].message


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("initProcessEnabled", "in linuxParameters"),
        ("capabilities", "in linuxParameters"),
        ("sharedMemorySize", "in linuxParameters"),
        ("logDriver", "in logConfiguration"),
        ("interval", "in healthCheck"),
        ("timeout", "in healthCheck"),
        ("containerPort", "in an entry of portMappings"),
        ("options", "in logConfiguration or in firelensConfiguration"),
        ("executionRoleArn", "at the top of the file"),
    ],
)
def test_a_key_of_another_object_is_sent_there(key: str, place: str) -> None:
    (finding,) = found(dockerrun({key: "x"}))
    assert (finding.rule, finding.fix) == ("MD022", "Move it there.")
    assert finding.message.endswith(f"; it belongs {place}.")


def test_a_key_of_an_object_in_or_around_another_is_sent_there() -> None:
    volume = {"name": "v", "sourcePath": "/x"}
    ports = [{"hostPort": 80, "containerPort": 80, "links": []}]
    mounts = [{"sourceVolume": "v", "containerPath": "/v", "authentication": {}}]
    value = dockerrun({"portMappings": ports, "mountPoints": mounts}, volumes=[volume], image="x")
    places = {each.pointer: each.message.rpartition("belongs ")[2] for each in found(value)}
    assert places == {
        "/volumes/0/sourcePath": "in host.",
        "/containerDefinitions/0/portMappings/0/links": "in the container definition.",
        "/containerDefinitions/0/mountPoints/0/authentication": "at the top of the file.",
        "/image": "in a container definition.",
    }


def test_a_key_that_may_belong_to_many_objects_is_not_to_be_deleted() -> None:
    (finding,) = found(dockerrun({"value": "x"}))
    assert (finding.rule, finding.fix) == ("MD020", "Move it to the object that it belongs to.")


@pytest.mark.parametrize(
    ("container", "rules"),
    [
        ({"healthCheck": {"Command": ["CMD", "x"]}}, ["MD021"]),
        ({"environment": [{"Name": "A", "Value": "b"}]}, ["MD021", "MD021"]),
        ({"environment": [{"name": "A", "value": {"b": 1}}]}, ["MD030"]),
        ({"secrets": [{"name": "A", "valuefrom": "arn:x"}], }, ["MD021"]),
    ],
)  # fmt: skip
def test_a_misspelt_member_is_not_missing_too(container: dict[str, Any], rules: list[str]) -> None:
    findings = [each.rule for each in found(dockerrun(container, executionRoleArn="arn:r"))]
    assert findings == rules


def test_a_misspelt_folder_of_version_1_is_not_missing_too() -> None:
    volume = {"hostDirectory": "/x", "containerDirectory": "/y"}
    value = {"AWSEBDockerrunVersion": "1", "Image": {"Name": "a/b:1"}, "Volumes": [volume],
             "Ports": [{"ContainerPort": 80}]}  # fmt: skip
    assert [rule for rule, _ in said(value)] == ["MD021", "MD021"]


@pytest.mark.parametrize(
    "wrong", ['"memory": NaN,', '"memory": ,', '"memory": fale,', '"name": , "memory": 64,']
)
def test_what_cannot_be_read_is_not_missing_too(wrong: str) -> None:
    name = "" if "name" in wrong else '"name": "web", '
    text = (
        f'{{"AWSEBDockerrunVersion": 2, "containerDefinitions": [{{{name}{wrong} "image": "e/w:1",'
        '"portMappings": [{"hostPort": 80, "containerPort": 80}]}]}'
    )
    assert [each.rule for each in check(Document(text))] == ["MD001"]


def test_a_long_number_is_no_environment_variable_without_a_value() -> None:
    variables = [{"name": "A", "value": 12345678901234567890123}]
    assert [rule for rule, _ in said(dockerrun({"environment": variables}))] == ["MD031"]


@pytest.mark.parametrize("container", [None, [None, None]])
def test_null_in_a_list_is_no_container(container: Any) -> None:
    containers = container if isinstance(container, list) else [WEB, container]
    value = {"AWSEBDockerrunVersion": 2, "containerDefinitions": containers}
    assert {each.rule for each in found(value)} == {"MD030"}


@pytest.mark.parametrize("version", [1, 3])
@pytest.mark.parametrize("key", ["{Authentication", "volume", "Volumes", "authentications"])
def test_odd_keys_of_other_versions_stand_for_none_of_version_2(version: int, key: str) -> None:
    file = {"AWSEBDockerrunVersion": version, key: [] if "ol" in key else {"bucket": "b"}}
    assert {each.rule for each in check(Document(json.dumps(file)))} <= {"MD020", "MD021"}
