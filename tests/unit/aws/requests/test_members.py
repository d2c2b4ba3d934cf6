"""How Elastic Beanstalk hands on what is in a Dockerrun file."""

from __future__ import annotations

from typing import Any

import pytest
from support.clients import client

from pytest_multidocker.aws.requests.members import known_members


def sent(container: dict[str, Any]) -> dict[str, Any]:
    ecs = client("http://127.0.0.1:1", "ecs")
    request = {"family": "web", "containerDefinitions": [container]}
    (found,) = known_members(ecs, "RegisterTaskDefinition", request)["containerDefinitions"]
    return dict(found)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"memory": "128"}, {"memory": 128}),
        (
            {"portMappings": [{"hostPort": "80", "containerPort": 80}]},
            {"portMappings": [{"hostPort": 80, "containerPort": 80}]},
        ),
        ({"essential": "true"}, {"essential": True}),
        ({"essential": "False"}, {"essential": False}),
        (
            {"environment": [{"name": "PORT", "value": 5432}, {"name": "DEBUG", "value": True}]},
            {
                "environment": [
                    {"name": "PORT", "value": "5432"},
                    {"name": "DEBUG", "value": "true"},
                ]
            },
        ),
        ({"command": ["sleep", 5]}, {"command": ["sleep", "5"]}),
        ({"dockerLabels": {"a": 1}}, {"dockerLabels": {"a": "1"}}),
    ],
)
def test_scalars_are_converted_to_the_types_of_ecs(
    given: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert sent(given) == expected


def test_what_ecs_does_not_know_is_left_out() -> None:
    assert sent({"name": "web", "shape": "round", "links": None}) == {"name": "web"}


@pytest.mark.parametrize("value", ["128m", {"soft": 1}, [1]])
def test_what_cannot_be_converted_stays(value: Any) -> None:
    assert sent({"memory": value}) == {"memory": value}
