"""What the agent names what it makes."""

from __future__ import annotations

import re

import pytest

from pytest_multidocker.ecs.definition import TaskDefinition
from pytest_multidocker.engine.identity import TaskIdentity


def task(arn: str = "arn:1", family: str = "my_fam") -> TaskIdentity:
    return TaskIdentity(arn, "default", TaskDefinition(family, 7, ()))


@pytest.mark.parametrize(
    ("name", "shown"), [("web", "web"), ("web_app", "webapp"), ("a.b-c", "ab-c"), ("___", "")]
)
def test_a_container_s_name_keeps_letters_digits_and_hyphens(name: str, shown: str) -> None:
    assert re.fullmatch(f"ecs-my_fam-7-{shown}-[0-9a-f]{{20}}", task().container_name(name))


def test_names_that_lose_their_difference_stay_different() -> None:
    assert task().container_name("web_app") != task().container_name("webapp")


def test_a_name_is_the_same_each_time_and_another_in_each_task() -> None:
    assert task().container_name("web") == task().container_name("web")
    assert task("arn:1").container_name("web") != task("arn:2").container_name("web")
    assert task("arn:1").volume_name("v") != task("arn:2").volume_name("v")
    assert task().volume_name("web") != task().container_name("web")


def test_labels_have_the_name_as_it_is() -> None:
    assert task().labels("web_app") == {
        "com.amazonaws.ecs.task-arn": "arn:1",
        "com.amazonaws.ecs.container-name": "web_app",
        "com.amazonaws.ecs.cluster": "default",
        "com.amazonaws.ecs.task-definition-family": "my_fam",
        "com.amazonaws.ecs.task-definition-version": "7",
    }
