from __future__ import annotations

from typing import Any

import pytest

from pytest_multidocker.ecs.beanstalk import family, task_definition_request


@pytest.mark.parametrize(
    ("project", "name"),
    [
        ("my_shop-2", "awseb-my_shop-2"),
        ("größe", "awseb-gr--e"),
        ("проект 1.0", "awseb--------1-0"),
        ("s" * 255, "awseb-" + "s" * 249),
    ],
)
def test_a_family_has_only_what_ecs_takes(project: str, name: str) -> None:
    assert family(project) == name


def test_properties_reach_every_container_but_its_own_variables_win() -> None:
    file: dict[str, Any] = {
        "containerDefinitions": [
            {"name": "web", "environment": [{"name": "A", "value": "own"}]},
            {"name": "worker"},
        ]
    }

    request = task_definition_request(file, "app", {"A": "property", "B": "2"})

    web, worker = request["containerDefinitions"]
    assert web["environment"] == [{"name": "A", "value": "own"}, {"name": "B", "value": "2"}]
    assert worker["environment"] == [
        {"name": "A", "value": "property"},
        {"name": "B", "value": "2"},
    ]
    assert "environment" not in file["containerDefinitions"][1], "the file's own value is kept"


def test_every_container_gets_a_log_volume_unless_the_file_declares_it() -> None:
    own = {"name": "awseb-logs-web", "host": {"sourcePath": "/var/log/containers/other"}}
    file = {"containerDefinitions": [{"name": "web"}, {"name": "worker"}], "volumes": [own]}

    request = task_definition_request(file, "app", {})

    assert request["family"] == "app"
    assert request["volumes"] == [
        own,
        {"name": "awseb-logs-worker", "host": {"sourcePath": "/var/log/containers/worker"}},
    ]
