"""How containers are stopped, in which order and by when: C06 to C13, C77."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from conformance.docker_host import DockerHost
from conformance.host import Host
from conformance.simulated_host import SimulatedHost
from conformance.vocabulary import app, exits, ignores, traps
from pytest_multidocker.ecs.definition import TaskDefinition
from pytest_multidocker.engine.simulated.script import Reaction

SLOWLY = 0.4
BY_DEFAULT = TaskDefinition("fam", 1, ()).stop_timeout


def after(*names: str) -> dict[str, object]:
    """Start after those, and so be stopped before them."""
    return {"dependsOn": [{"containerName": name, "condition": "START"} for name in names]}


def test_c06_survivors_get_sigterm(host: Host) -> None:
    task = host.run(app("a", traps(USR1=1)), app("b", traps(TERM=42, USR1=1, INT=2))).running()

    task.signal("a", "USR1").stopped()

    assert task.exit_codes() == {"a": 1, "b": 42}
    assert task.of("b").reason is None


def test_c07_sigkill_comes_after_the_stop_timeout(host: Host) -> None:
    task = host.run(app("a", traps(USR1=1)), app("b", ignores(), stopTimeout=2)).running()

    task.signal("a", "USR1").stopped()

    assert 2 <= task.ended_at("b") - task.ended_at("a") <= 4.5
    assert (task.of("b").exit_code, task.of("b").reason) == (137, None)


def test_c08_sigkill_comes_after_30_seconds_by_default(simulated: SimulatedHost) -> None:
    containers = app("a", traps(USR1=1)), app("b", ignores())
    task = simulated.run(*containers, stop_timeout=BY_DEFAULT).running()

    task.signal("a", "USR1").stopped()

    assert task.ended_at("b") - task.ended_at("a") == pytest.approx(30)
    assert task.of("b").exit_code == 137


def test_c08_docker_is_asked_for_30_seconds_by_default(
    docker: DockerHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = docker.run(app("app"), app("own", stopTimeout=7), stop_timeout=BY_DEFAULT).running()
    asked = {}
    send = requests.Session.send

    def note(session: requests.Session, request: requests.PreparedRequest, **more: Any) -> Any:
        parts = urlsplit(str(request.url))
        if parts.path.endswith("/stop"):
            asked[parts.path.split("/")[-2]] = parts.query
        return send(session, request, **more)

    monkeypatch.setattr(requests.Session, "send", note)
    task.stop().stopped()

    ids = {name: task.state.containers[name].runtime_id for name in ("app", "own")}
    assert asked == {ids["app"]: "t=30", ids["own"]: "t=7"}


def test_c09_each_container_has_a_stop_timeout_of_its_own(host: Host) -> None:
    task = host.run(
        app("parent", traps(USR1=0), **after("quick", "patient")),
        app("quick", ignores(), stopTimeout=1),
        app("patient", traps(TERM=Reaction(0, after=2)), stopTimeout=20),
    ).running()

    task.signal("parent", "USR1").stopped()

    assert task.exit_codes() == {"parent": 0, "quick": 137, "patient": 0}
    assert task.ended_at("quick") < task.ended_at("patient")


def test_c10_the_stop_signal_is_the_image_s(host: Host) -> None:
    task = host.run(app("app", traps("SIGUSR1", USR1=42, TERM=1))).running()

    task.stop().stopped()

    assert task.exit_codes() == {"app": 42}


def test_c11_the_stop_goes_against_the_order_of_the_start(host: Host) -> None:
    slow = Reaction(0, after=SLOWLY)
    task = host.run(
        app("parent", traps(USR1=0), **after("a")),
        app("a", traps(TERM=slow), **after("b")),
        app("b", traps(TERM=slow), **after("c")),
        app("c", traps(TERM=0)),
    ).running()

    task.signal("parent", "USR1").stopped()

    names = ("parent", "a", "b", "c")
    assert [who for who, status in task.order if status == "STOPPED"] == [*names, "task"]
    assert task.ended_at("b") - task.ended_at("a") >= SLOWLY
    assert task.ended_at("a") <= task.ended_at("b") <= task.ended_at("c")
    assert task.exit_codes() == dict.fromkeys(names, 0)


def test_c12_links_order_the_stop_too(host: Host) -> None:
    task = host.run(
        app("web", traps(TERM=Reaction(7, after=SLOWLY)), links=["db"]),
        app("db", traps(TERM=8)),
        app("side", traps(USR1=9)),
    ).running()

    task.signal("side", "USR1").stopped()

    assert task.exit_codes() == {"web": 7, "db": 8, "side": 9}
    assert task.ended_at("web") - task.ended_at("side") >= SLOWLY
    assert task.ended_at("web") <= task.ended_at("db")


def test_c12_a_source_of_volumes_is_stopped_after_who_mounts_from_it(host: Host) -> None:
    task = host.run(
        app("web", traps(TERM=Reaction(7, after=SLOWLY)), volumesFrom=[{"sourceContainer": "db"}]),
        app("db", traps(TERM=8)),
    ).running()

    task.stop().stopped()

    assert task.exit_codes() == {"web": 7, "db": 8}
    assert task.ended_at("web") <= task.ended_at("db")


def test_c13_the_unrelated_are_stopped_together(host: Host) -> None:
    names = ("a", "b", "c", "d")
    task = host.run(
        app("first", traps(USR1=0)), *(app(name, ignores(), stopTimeout=1) for name in names)
    ).running()

    task.signal("first", "USR1").stopped()

    ends = [task.ended_at(name) - task.ended_at("first") for name in names]
    assert min(ends) >= 1
    assert max(ends) < 3  # in turns they would take 4 seconds
    assert {task.of(name).exit_code for name in names} == {137}


def test_c77_a_stop_that_is_asked_for(host: Host) -> None:
    task = host.run(app("app", traps(TERM=42)), app("b", exits(0), essential=False))
    task.running().wait(("b", "STOPPED"))
    before = task.order

    task.signal("app", "USR1")
    assert task.goes_on
    assert task.is_alive("app")
    task.stop().stopped()

    assert task.order == [*before, ("app", "STOPPED"), ("task", "STOPPED")]
    assert task.exit_codes() == {"app": 42, "b": 0}
    assert task.of_task().reason == ""
