"""The task definition of a container whose application starts late; tests/docker runs them."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest

from pytest_multidocker.errors import TaskError
from pytest_multidocker.stack.slow_start import delayed

IMAGE = {"Entrypoint": ["/entry.sh"], "Cmd": ["serve", "-p", "80"]}
REQUEST: dict[str, Any] = {
    "family": "web",
    "volumes": [{"name": "data"}],
    "containerDefinitions": [
        {"name": "plain", "image": "a"},
        {"name": "command", "image": "a", "command": ["x"], "mountPoints": None},
        {"name": "entry", "image": "a", "entryPoint": ["e"]},
        {"name": "both", "image": "a", "entryPoint": ["e"], "command": ["x"]},
        {"name": "mounted", "image": "a", "mountPoints": [{"sourceVolume": "data"}]},
    ],
}


def late(delays: dict[str, float], image: dict[str, Any] = IMAGE) -> dict[str, Any]:
    before = copy.deepcopy(REQUEST)
    changed = delayed(REQUEST, delays, lambda _name: image, lambda: "tools")
    assert before == REQUEST
    return changed


def container(request: dict[str, Any], name: str) -> dict[str, Any]:
    return next(c for c in request["containerDefinitions"] if c["name"] == name)


@pytest.mark.parametrize(
    ("name", "runs"),
    [
        ("plain", ["/entry.sh", "serve", "-p", "80"]),
        ("command", ["/entry.sh", "x"]),
        ("entry", ["e"]),  # Docker drops the image's command then
        ("both", ["e", "x"]),
    ],
)
def test_what_runs_late_is_what_docker_would_run(name: str, runs: list[str]) -> None:
    changed = container(late({name: 2.5}), name)
    assert changed["command"] == runs
    assert changed["entryPoint"][:3] == ["/.multidocker/busybox", "sh", "-c"]
    assert changed["entryPoint"][4:] == ["2.5"]


def test_the_others_stay_as_they_are() -> None:
    changed = late({"plain": 1})
    assert changed["containerDefinitions"][1:] == REQUEST["containerDefinitions"][1:]
    assert late({}) == REQUEST


def test_the_tools_come_in_a_volume_beside_the_containers_own() -> None:
    changed = late({"mounted": 1, "plain": 1})
    places = [mount["sourceVolume"] for mount in container(changed, "mounted")["mountPoints"]]
    assert places == ["data", "tools"]
    assert [volume["name"] for volume in changed["volumes"]] == ["data", "tools"]


def test_an_image_that_runs_nothing_is_left_to_docker_to_refuse() -> None:
    assert late({"plain": 1}, {}) == REQUEST


@pytest.mark.parametrize(
    ("delays", "words"),
    [
        ({"plane": 1}, "There is no container 'plane' to start slowly, only plain, command, "),
        ({"plain": 0}, "'plain' cannot start 0 s late: name a time above 0."),
        ({"plain": math.inf}, "'plain' cannot start inf s late: name a time above 0."),
        ({"plain": "5"}, "'plain' cannot start '5' s late: name a time above 0."),
        ({"plain": -2.5}, "'plain' cannot start -2.5 s late"),
    ],
)
def test_what_cannot_be_is_one_clear_error(delays: dict[str, Any], words: str) -> None:
    with pytest.raises(TaskError, match=words):
        late(delays)
