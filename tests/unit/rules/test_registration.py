"""What ECS's RegisterTaskDefinition answers, in its own words and order."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_multidocker.dockerrun import Document
from pytest_multidocker.rules import all_rules, registration_findings
from pytest_multidocker.rules._check import _REGISTRATION_ORDER
from pytest_multidocker.rules._model import REGISTER

NO_MEMORY = (
    "Invalid setting for container 'web'. "
    "At least one of 'memory' or 'memoryReservation' must be specified."
)
TOO_LITTLE_MEMORY = (
    "Invalid setting for container 'web'. "
    "'memory' must be greater than or equal to 'memoryReservation'."
)

SHARED_SECRET = (
    "The secret name must be unique and not shared with any new or existing environment variables"
    " set on the container, such as 'KEY'."
)


def container(name: Any = "web", **changes: Any) -> dict[str, Any]:
    found = {"name": name, "image": "example/web:1.0", "memory": 128, **changes}
    return {key: value for key, value in found.items() if value is not ...}


def answers(*containers: dict[str, Any], **request: Any) -> list[str]:
    value = {"family": "app", "containerDefinitions": list(containers), **request}
    return [finding.aws_text for finding in registration_findings(Document.from_value(value))]


def test_a_good_request_is_registered() -> None:
    assert answers(container()) == []


@pytest.mark.parametrize(
    ("containers", "request_fields", "answer"),
    [
        ([], {}, "Container list cannot be empty."),
        ([container(name=...)], {}, "Container.name should not be null or empty."),
        ([container(name="a b")], {}, "Container.name contains invalid characters."),
        (
            [container(), container()],
            {},
            "Container names must be unique within a Task Definition.",
        ),
        ([container(image=...)], {}, "Container.image should not be null or empty."),
        (
            [container(memory=...)],
            {},
            NO_MEMORY,
        ),
        (
            [container(memoryReservation=256)],
            {},
            TOO_LITTLE_MEMORY,
        ),
        (
            [
                container(
                    portMappings=[{"hostPort": 53, "containerPort": 53, "protocol": "udp"}] * 2
                )
            ],
            {},
            "UDP host port '53' is mapped multiple times in task.",
        ),
        (
            [container(mountPoints=[{"sourceVolume": "awseb-logs-web", "containerPath": "/l"}])],
            {},
            "Unknown volume 'awseb-logs-web'.",
        ),
        (
            [container(volumesFrom=[{"sourceContainer": "data"}])],
            {},
            "Invalid 'volumesFrom' setting. Unknown container: 'data'.",
        ),
        ([container(links=["web"])], {}, "Container links should not have a cycle"),
        (
            [container(dependsOn=[{"containerName": "db", "condition": "START"}])],
            {},
            "Cannot depend on container + 'db' because it does not exist",
        ),
        (
            [
                container(
                    environment=[{"name": "KEY", "value": ""}],
                    secrets=[{"name": "KEY", "valueFrom": "arn:s"}],
                )
            ],
            {"executionRoleArn": "arn:r"},
            SHARED_SECRET,
        ),
        ([container(image="${IMAGE}")], {}, "Container.image contains invalid characters."),
        (
            [container(essential=False)],
            {},
            "Task definition doesn't have any essential container.",
        ),
    ],
)
def test_each_refusal_has_the_words_of_ecs(
    containers: list[dict[str, Any]], request_fields: dict[str, Any], answer: str
) -> None:
    assert answers(*containers, **request_fields) == [answer]


def test_task_memory_stands_in_for_that_of_the_containers() -> None:
    assert answers(container(memory=...), memory="512") == []


def test_a_placeholder_that_is_a_name_is_registered() -> None:
    assert answers(container(image="IMAGE_NAME")) == []


def test_an_unknown_link_is_registered_and_fails_later() -> None:
    assert answers(container(links=["sever"])) == []


def test_refusals_come_in_the_order_in_which_ecs_checks() -> None:
    broken = container(
        name="a b", image=..., memory=..., essential=False, volumesFrom=[{"sourceContainer": "x"}]
    )
    assert [text.partition(" ")[0] for text in answers(broken)] == [
        "Container.name",
        "Container.image",
        "Invalid",
        "Invalid",
        "Task",
    ]


def test_every_rule_of_that_phase_has_a_place_in_the_order() -> None:
    assert {rule.id for rule in all_rules() if rule.phase == REGISTER} == set(_REGISTRATION_ORDER)


def test_a_refusal_whose_words_are_not_known_has_the_finding_s_message() -> None:
    assert answers(container(healthCheck={"command": ["curl"]})) == [
        "The health check of web begins with 'curl'."
    ]


def test_every_refusal_is_an_error() -> None:
    assert {rule.severity for rule in all_rules() if rule.phase == REGISTER} == {"error"}
