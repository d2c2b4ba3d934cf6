"""The hidden container whose namespaces the others share."""

from __future__ import annotations

import pytest
from support.agent import Machine, container, definition

from pytest_multidocker.ecs import events as ev
from pytest_multidocker.ecs.actions import Pull, ReportContainer, ReportTask, Stop
from pytest_multidocker.ecs.namespaces import PAUSE, with_pause


def shared(*containers: object) -> Machine:
    found = with_pause(definition(*containers, pid_mode="task"))  # type: ignore[arg-type]
    return Machine(*found.containers, pid_mode="task")


@pytest.mark.parametrize("modes", [{}, {"pid_mode": "host"}, {"ipc_mode": "none"}])
def test_where_nothing_is_shared_there_is_none(modes: dict[str, str]) -> None:
    task = definition(container("a"), **modes)

    assert with_pause(task) is task


def test_it_runs_before_all_others_and_stops_after_them() -> None:
    machine = shared(container("web", "db"), container("db"))
    assert machine.work == [Pull(PAUSE)]
    machine.start()

    machine.send(ev.StopRequested(machine.now))

    for name in ("web", "db", PAUSE):
        assert machine.work == [Stop(name, 30)]
        machine.succeed(Stop(name, 30))


def test_nobody_is_told_of_it() -> None:
    machine = shared(container("web")).start().die(PAUSE, 0)
    machine.succeed(Stop("web", 30))

    told = {r.container for r in machine.reports if isinstance(r, ReportContainer)}
    assert told == {"web"}


def test_nobody_is_told_of_its_image_either() -> None:
    machine = shared(container("web"))
    for name in (PAUSE, "web"):
        machine.send(ev.Pulled(name, machine.now, f"sha256:{name}"))
        machine.send(ev.Created(name, machine.now, "id"))
        machine.send(ev.Started(name, machine.now))

    told = next(r for r in machine.reports if isinstance(r, ReportTask))

    assert [each.container for each in told.containers] == ["web"]


def test_without_it_the_others_end() -> None:
    machine = shared(container("web")).start().die(PAUSE, 0)
    machine.succeed(Stop("web", 30))

    assert machine.status("web") == "STOPPED"
