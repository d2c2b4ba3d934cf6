"""Which events open and close the doors of databases; tests on Docker knock at them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pytest_multidocker.aws.endpoints import Endpoint
from pytest_multidocker.aws.events import REFUSED, EventLog
from pytest_multidocker.aws.security import gatekeeper as module
from pytest_multidocker.aws.security.gatekeeper import CHANGED, Gatekeeper
from pytest_multidocker.aws.security.surroundings import Instance

INSTANCE = "arn:aws:ecs:us-east-1:123456789012:container-instance/c/1"
ADDRESS = "172.17.0.5"


class Doors(dict[str, list[str]]):
    """What has been done with the door of each database."""

    def door(self, _client: object, _run: object, container_id: str) -> Any:
        done = self.setdefault(container_id, [])
        return SimpleNamespace(
            open=lambda address: done.append(f"open {address}"),
            close=lambda address: done.append(f"close {address}"),
            remove=lambda: done.append("remove"),
        )


class World:
    """A database, and an instance whose groups do not let it in."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.doors = Doors()
        self.endpoints = [
            Endpoint("db", "rds", "db.local", 5432, "container", "172.17.0.3", "127.0.0.1", 1)
        ]
        self.asked: list[str] = []
        self.log = EventLog()
        self.config: dict[str, list[str] | None] = {"Env": ["DB=db.local"], "Cmd": None}
        networks = {"bridge": {"IPAddress": ADDRESS}}
        inspected = {"NetworkSettings": {"Networks": networks}, "Config": self.config}
        api = SimpleNamespace(inspect_container=lambda _id: inspected)
        emulator: Any = SimpleNamespace(
            endpoints=SimpleNamespace(all=lambda: list(self.endpoints)),
            events=self.log,
            docker=lambda: SimpleNamespace(api=api),
            run=None,
        )
        monkeypatch.setattr(module, "Door", self.doors.door)
        monkeypatch.setattr(module, "Surroundings", lambda _emulator: self)
        monkeypatch.setattr(module, "refusal", lambda *_: "no rule lets it in")
        self.gatekeeper = Gatekeeper(emulator)

    # --- the surroundings -------------------------------------------------------------------

    def instance(self, arn: str) -> Instance:
        self.asked.append(arn)
        return Instance(groups=(), address="10.0.0.1")

    def groups_of(self, *_: str) -> tuple[()]:
        return ()

    # --- what happens -----------------------------------------------------------------------

    def happens(self, kind: str, **data: Any) -> None:
        self.gatekeeper._heed(self.log.publish(kind, **data))

    def container(self, status: str) -> None:
        containers = [{"runtimeId": "web", "lastStatus": status}]
        self.happens("task", taskArn="a", containerInstanceArn=INSTANCE, containers=containers)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def test_an_address_is_let_in_again_when_its_container_has_ended(world: World) -> None:
    world.container("RUNNING")
    world.container("RUNNING")
    world.container("STOPPED")

    assert world.doors == {"container": [f"close {ADDRESS}", f"open {ADDRESS}"]}


def test_who_an_instance_is_is_asked_again_when_groups_have_changed(world: World) -> None:
    world.container("RUNNING")
    world.happens("database.available")
    assert world.asked == [INSTANCE]

    world.happens(CHANGED)

    assert world.asked == [INSTANCE, INSTANCE]


def test_a_door_goes_with_its_database(world: World) -> None:
    world.container("RUNNING")
    world.endpoints.clear()

    world.happens("database.deleted")

    assert world.doors["container"][-1] == "remove"


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"Env": ["URL=postgres://me@db.local:5432/x"]}, True),
        ({"Env": None, "Cmd": ["psql", "-h", "db.local"]}, True),
        ({"Env": ["COLOUR=blue"], "Cmd": ["httpd"]}, False),
    ],
)
def test_only_who_has_its_address_is_told_that_it_is_out_of_reach(
    world: World, config: dict[str, list[str] | None], told: bool
) -> None:
    world.config.clear()
    world.config.update(config)

    world.container("RUNNING")

    assert any(event.kind == REFUSED for event in world.log.since(0)) == told
    assert world.doors == {"container": [f"close {ADDRESS}"]}
