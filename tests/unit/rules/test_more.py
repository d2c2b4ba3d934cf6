"""Edges of single rules that their examples do not show."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from pytest_multidocker.dockerrun import Document
from pytest_multidocker.errors import UnknownName
from pytest_multidocker.rules import Finding, Options, check, instance, platform


def found(*containers: dict[str, Any], options: Options | None = None, **top: Any) -> list[Finding]:
    value = {"AWSEBDockerrunVersion": 2, **top, "containerDefinitions": list(containers)}
    return check(Document(json.dumps(value)), options=options)


def ids(*containers: dict[str, Any], **more: Any) -> list[str]:
    return [each.rule for each in found(*containers, **more)]


def web(**more: Any) -> dict[str, Any]:
    port = {"hostPort": 80, "containerPort": 80}
    return {"name": "web", "image": "e/w:1", "memory": 64, "portMappings": [port], **more}


def db(**more: Any) -> dict[str, Any]:
    return {"name": "db", "image": "e/d:1", "memory": 64, **more}


def test_udp_and_tcp_share_a_port() -> None:
    ports = [{"hostPort": 80, "containerPort": 80, "protocol": "udp"}]
    assert ids(web(), db(portMappings=ports)) == []


@pytest.mark.parametrize("protocol", ["TCP", "http", "UDP"])
def test_other_protocols_are_tcp(protocol: str) -> None:
    ports = [{"hostPort": 80, "containerPort": 80, "protocol": protocol}]
    hint = [] if protocol == "TCP" else ["MD303"]
    assert ids(web(), db(portMappings=ports)) == ["MD301", *hint]


@pytest.mark.parametrize(
    ("value", "blanks", "size"), [("\u4e2d" * 15_000, 60_000, 0), ("\u4e2d" * 30_000, 0, 90_000)]
)
def test_bytes_of_the_task_definition_are_counted(value: str, blanks: int, size: int) -> None:
    file = {"AWSEBDockerrunVersion": 2, "containerDefinitions": [web(command=[value])]}
    text = json.dumps(file, ensure_ascii=False) + " " * blanks
    messages = [each.message for each in check(Document(text)) if each.rule == "MD007"]
    assert [int(re.findall(r"\d+", each)[0]) // 1000 * 1000 for each in messages] == (
        [size] if size else []
    )


def test_dynamic_ports_never_clash() -> None:
    ports = [{"hostPort": 0, "containerPort": 1}, {"containerPort": 2}]
    assert ids(web(), db(portMappings=ports * 2)) == []


def test_only_dynamic_ports_are_as_good_as_none() -> None:
    (finding,) = found(web(portMappings=[{"containerPort": 80}]))
    assert finding.rule == "MD305"
    assert "only ports that change with every start" in finding.message


@pytest.mark.parametrize("port", [0, -1, 65536, 2**40])
def test_container_ports_out_of_range(port: int) -> None:
    assert (
        "MD302" in ids(web(portMappings=[{"hostPort": 80, "containerPort": port}])) or port == 2**40
    )


def test_a_range_of_container_ports_needs_no_container_port() -> None:
    assert ids(web(), db(portMappings=[{"containerPortRange": "7000-7010"}])) == []


def test_the_capacity_is_compared_with_reservations_first() -> None:
    options = Options(instance=instance("t2.micro"))
    assert ids(web(memory=4096), options=options) == ["MD404"]
    assert ids(web(memory=4096, memoryReservation=256), options=options) == []
    assert ids(web(memory=983), options=options) == []
    assert ids(web(memory=984), options=options) == ["MD404"]
    assert ids(web(cpu=1025), options=options) == ["MD405"]


def test_instances_register_what_is_public() -> None:
    assert (instance("t2.micro").memory, instance("t2.micro").available) == (1024, 983)
    assert (instance("m4.large").memory, instance("m4.large").available) == (8192, 7985)
    assert instance("t3.nano").available < 512


@pytest.mark.parametrize(
    ("name", "version", "text"),
    [
        ("docker-al2023", 2, "Invalid Dockerrun.aws.json version, abort deployment"),
        ("ecs-al2", 3, "Unsupported AWSEBDockerrunVersion: 3"),
        ("ECS running on 64bit Amazon Linux 2023", 1, "Unsupported AWSEBDockerrunVersion: 1"),
    ],
)
def test_a_version_on_the_wrong_platform(name: str, version: int, text: str) -> None:
    document = Document(json.dumps({"AWSEBDockerrunVersion": version, "_": 0}))
    findings = check(document, options=Options(platform(name)))
    assert text in [each.aws_text for each in findings if each.rule == "MD013"]


def test_the_task_definition_is_measured_without_white_space() -> None:
    value = {"AWSEBDockerrunVersion": 2, "containerDefinitions": [web()]}
    assert check(Document(json.dumps(value, indent=2000))) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("API", "http://db:80/x"), ("DB_HOST", "db"), ("PEER", "db:6379"), ("U", "redis://:p@db")],
)
def test_hosts_in_variables_need_a_link(name: str, value: str) -> None:
    environment = [{"name": name, "value": value}]
    assert "MD209" in ids(web(environment=environment), db())
    assert "MD209" not in ids(web(environment=environment, links=["db"]), db())


@pytest.mark.parametrize(
    ("name", "value"),
    [("DB_NAME", "db"), ("API", "http://db.example.com"), ("MODE", "web"), ("DB_HOST", "10.0.0.1")],
)
def test_other_variables_need_no_link(name: str, value: str) -> None:
    assert "MD209" not in ids(web(environment=[{"name": name, "value": value}]), db())


def test_an_alias_is_what_resolves() -> None:
    environment = [{"name": "DB_HOST", "value": "db"}]
    assert ids(web(environment=environment, links=["db:store"]), db()) == ["MD209"]
    assert ids(web(environment=environment, links=["db:store"]), db(hostname="db")) == []


def test_cycles_of_links_are_not_reported_twice() -> None:
    depends = [{"containerName": "db", "condition": "START"}]
    assert ids(web(dependsOn=depends, links=["db"]), db(links=["web"])) == ["MD203"]
    assert ids(web(dependsOn=depends), db(links=["web"])) == ["MD211"]


def test_the_log_volume_of_the_container_needs_no_declaration() -> None:
    mount = {"sourceVolume": "awseb-logs-web", "containerPath": "/var/log"}
    assert ids(web(mountPoints=[mount])) == []
    assert ids(web(mountPoints=[{**mount, "sourceVolume": "awseb-logs-db"}]), db()) == ["MD508"]
    assert ids(web(mountPoints=[{**mount, "sourceVolume": "awseb-logs-x"}]), db()) == ["MD501"]


def test_links_out_of_a_container_that_is_not_essential_are_only_noted() -> None:
    (finding,) = found(web(links=["db"]), db(essential=False))
    assert (finding.rule, finding.severity) == ("MD204", "info")


@pytest.mark.parametrize(
    ("key", "meant"),
    [("containers", "containerDefinitions"), ("services", "containerDefinitions"),
     ("containerDefinations", "containerDefinitions"), ("auth", "authentication")],
)  # fmt: skip
def test_top_level_keys_of_habit(key: str, meant: str) -> None:
    value: dict[str, Any] = {"AWSEBDockerrunVersion": 2, key: [web()]}
    if meant != "containerDefinitions":
        value["containerDefinitions"] = [web()]
    (finding,) = (each for each in check(Document(json.dumps(value))) if each.rule != "MD017")
    assert finding.message.endswith(f"Did you mean '{meant}'?")


@pytest.mark.parametrize("path", ["/", "//"])
def test_nothing_is_mounted_over_the_root(path: str) -> None:
    mount = {"sourceVolume": "v", "containerPath": path}
    assert ids(web(mountPoints=[mount]), volumes=[{"name": "v"}]) == ["MD507"]


def test_the_host_of_a_jdbc_address_is_known() -> None:
    variable = {"name": "URL", "value": "jdbc:postgresql://db:5432/app"}
    assert ids(web(environment=[variable]), db()) == ["MD209"]


KEY = {"name": "KEY", "valueFrom": "arn:aws:ssm:us-east-1:123456789012:parameter/key"}


def test_each_secret_has_a_name_of_its_own() -> None:
    texts = [each.aws_text for each in found(web(secrets=[KEY, KEY]), executionRoleArn="arn:r")]
    assert texts == ["Duplicate secret names found: KEY. Each secret name must be unique."]


def test_credentials_of_a_registry_need_a_role_too() -> None:
    container = web(repositoryCredentials={"credentialsParameter": "arn:s"}, secrets=[])
    assert ids(container) == ["MD117"]
    assert ids(container, executionRoleArn="arn:r") == []
    assert "MD117" not in ids(container, executionRoleARN="arn:r")


@pytest.mark.parametrize("condition", ["START", "CREATE", "HEALTHY"])
def test_a_link_to_one_that_runs_is_well(condition: str) -> None:
    depends = [{"containerName": "db", "condition": condition}]
    check = {"command": ["CMD-SHELL", "true"]}
    assert "MD215" not in ids(web(links=["db"], dependsOn=depends), db(healthCheck=check))


@pytest.mark.parametrize(
    ("mapping", "rules"),
    [
        ({"containerPortRange": "9000-9010"}, []),
        ({"containerPortRange": "9010-9000"}, ["MD302"]),
        ({"containerPortRange": "9000-70000"}, ["MD302"]),
        ({"containerPortRange": "0-9"}, ["MD302"]),
        ({"containerPortRange": "abc"}, ["MD302"]),
        ({"containerPortRange": "abc", "hostPort": 70000}, ["MD302", "MD302"]),
    ],
)
def test_ranges_of_ports(mapping: dict[str, Any], rules: list[str]) -> None:
    assert ids(web(), db(portMappings=[mapping])) == rules


@pytest.mark.parametrize(
    ("ports", "rules"),
    [
        ([{"ContainerPort": 80}], []),
        ([{"ContainerPort": "80", "HostPort": 8080}], []),
        ([{"ContainerPort": 70000}], ["MD302"]),
        ([{"ContainerPort": "0"}], ["MD302"]),
        ([{"HostPort": 80}], ["MD302"]),
        ([{"containerPort": 80}], ["MD021"]),
        ([3], ["MD030"]),
        ("80", ["MD030"]),
    ],
)
def test_ports_of_version_1(ports: Any, rules: list[str]) -> None:
    file = {"AWSEBDockerrunVersion": "1", "Image": {"Name": "e/w:1"}, "Ports": ports}
    assert [each.rule for each in check(Document(json.dumps(file)))] == rules


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("${IMAGE}", "Container.image contains invalid characters."),
        ("IMAGE_NAME", "CannotPullContainerError: invalid reference format: repository name must"),
        (".dkr.ecr.us-east-1.amazonaws.com/web:1", "CannotPullContainerError: invalid reference"),
        ("e/w:BUILD_TAG", "CannotPullContainerError"),
    ],
)
def test_what_is_said_to_a_placeholder(name: str, said: str) -> None:
    (finding,) = found(web(image=name))
    assert finding.rule == "MD603"
    assert finding.aws_text.startswith(said)


@pytest.mark.parametrize("name", ["e w", "E/w:1", "<image>", "1.dkr.ecr.us-east-1.amazonaws.com/w"])
def test_images_of_version_1_are_pulled_by_elastic_beanstalk(name: str) -> None:
    file = {"AWSEBDockerrunVersion": "1", "Image": {"Name": name}, "Ports": [{"ContainerPort": 1}]}
    (finding,) = (each for each in check(Document(json.dumps(file))) if each.rule != "MD604")
    assert finding.aws_text.startswith(f"Failed to pull Docker image {name}")
    assert finding.phase == "source bundle"


def test_an_instance_type_that_is_not_known_here_is_not_checked() -> None:
    for name in ("g4dn.xlarge", "i3.large", "c7i-flex.large", "m5.metal", "u-6tb1.112xlarge"):
        assert Options.named(None, name) == Options()
    for name in ("t3.smal", "large", "t3", "nonsense"):
        with pytest.raises(UnknownName):
            Options.named(None, name)


@pytest.mark.parametrize(("count", "rules"), [(50, []), (51, ["MD034"])])
def test_so_many_exit_codes_are_ignored(count: int, rules: list[str]) -> None:
    policy = {"enabled": True, "ignoredExitCodes": list(range(count))}
    assert ids(web(restartPolicy=policy)) == rules
