"""How much work a check is, counted in calls: it grows no faster than the file."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.effort import calls

from pytest_multidocker.dockerrun import Document
from pytest_multidocker.rules import all_rules, check

START = '{"AWSEBDockerrunVersion": 2, "containerDefinitions": ['
CONTAINER = '{{"name": "c{0}", "image": "a/b:1", "memory": 8, {1}}}'


def containers(members: str) -> Callable[[int], str]:
    """Return a text of so many containers, ``{0}`` being the number of each."""
    return lambda count: (
        START
        + ",".join(CONTAINER.format(each, members.format(each)) for each in range(count))
        + "]}"
    )


def one(members: str, entry: str) -> Callable[[int], str]:
    """Return a text of one container with so many entries."""
    return lambda count: (
        START
        + CONTAINER.format(0, members % ",".join(entry.format(each) for each in range(count)))
        + "]}"
    )


TEXTS: dict[str, Callable[[int], str]] = {
    "keys that nobody knows": one("%s", '"x{0}y": 1'),
    "keys that are nearly known": one("%s", '"memor{0}": 1'),
    "the same wrong key": lambda count: START + ",".join(['{"nam": 1}'] * count) + "]}",
    "links that lead nowhere": containers('"links": ["x{0}"]'),
    "many links that lead nowhere": one('"links": [%s]', '"x{0}"'),
    "a chain of links": containers('"links": ["c1{0}"]'),
    "dependencies": containers('"dependsOn": [{{"containerName": "y{0}", "condition": "z{0}"}}]'),
    "volumes": containers('"mountPoints": [{{"sourceVolume": "v{0}", "containerPath": "/{0}"}}]'),
    "mount points": one('"mountPoints": [%s]', '{{"sourceVolume": "v{0}", "containerPath": "/"}}'),
    "variables": one('"environment": [%s]', '{{"name": "V{0}", "value": "http://c{0}:80/"}}'),
    "the same variable": one('"environment": [%s]', '{{"name": "V", "value": "{0}"}}'),
    "images": containers('"user": {0}'),
    "single quotes": lambda count: "{'a':" + "'" * count,
    "Python's own writing": lambda count: str({"containerDefinitions": [{"a": "b"}] * count}),
    "commas": lambda count: "[" + "," * count,
}


@pytest.mark.parametrize("name", TEXTS)
def test_twice_the_text_is_twice_the_work(name: str) -> None:
    text = TEXTS[name]
    all_rules()
    once, twice = (calls(lambda each: check(Document(each)), text(n)) for n in (600, 1200))
    assert twice < 2.2 * once + 2000
