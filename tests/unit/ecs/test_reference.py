"""The agent on the simulated engine against the reference that is written from the table.

The normal run tries 200 tasks, ``-m fuzz`` 2 000.
"""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from support.cases import cases
from support.reference import Case, Container, World, outcome
from support.simulation import ARN

from pytest_multidocker.ecs.definition import TaskDefinition
from pytest_multidocker.ecs.graph import dependents
from pytest_multidocker.ecs.state import ContainerState
from pytest_multidocker.engine.identity import TaskIdentity
from pytest_multidocker.engine.simulated.simulation import Simulation


def simulate(case: Case) -> Simulation:
    definition = TaskDefinition("fam", 1, case.containers, stop_timeout=case.stop_timeout)
    simulation = Simulation(TaskIdentity(ARN, "fam", definition), case.scripts)
    faults = {"kill": simulation.kill, "oom": simulation.oom}
    for fault in case.faults:
        call = partial(faults[fault.what], fault.container) if fault.container else simulation.stop
        simulation.at(fault.at, fault.container, call)
    simulation.driver.advance()
    return simulation


def seen(container: ContainerState) -> dict[str, object]:
    return {
        "status": container.known.name,
        "exit code": container.exit_code,
        "stopped": container.stopped_at,
        "ran": container.ran,
    }


def expected(container: Container) -> dict[str, object]:
    return {
        "status": container.status,
        "exit code": container.exit_code,
        "stopped": container.stopped,
        "ran": container.ran,
    }


def assert_agree(case: Case) -> None:
    world, simulation = outcome(case), simulate(case)
    view, state = simulation.view, simulation.state
    for name, container in world.containers.items():
        found = state.containers[name]
        if world.stopped_at is None or container.stopped is not None:
            assert (name, seen(found)) == (name, expected(container))
        reason = found.reason or ""
        assert reason.startswith(container.reason or ""), (name, reason, container.reason)
        assert bool(reason) == bool(container.reason), (name, reason, container.reason)
    assert view.status == _status(world)
    assert (view.ending.code if view.ending else None) == world.code
    told = {e.what: e.at for e in simulation.entries if e.who == "task"}
    assert told.get("RUNNING") == world.ran_at
    assert told.get("STOPPED") == world.stopped_at


def _status(world: World) -> str:
    if world.stopped_at is not None:
        return "STOPPED"
    return "PENDING" if world.ran_at is None else "RUNNING"


def assert_stopped_in_reverse(case: Case) -> None:
    """Whatever the agent was asked to stop went down after all that depend on it."""
    simulation = simulate(case)
    stops = {e.who: e.at for e in simulation.entries if e.what == "STOPPING"}
    for name, others in dependents(simulation.definition).items():
        for other in others:
            ended = simulation.state.containers[other].stopped_at
            if name in stops:
                assert ended is not None
                assert ended <= stops[name]


many = partial(settings, deadline=None, suppress_health_check=list(HealthCheck))


@many(max_examples=200)
@given(cases())
def test_they_agree(case: Case) -> None:
    assert_agree(case)
    assert_stopped_in_reverse(case)


@pytest.mark.fuzz
@many(max_examples=2_000)
@given(cases())
def test_they_agree_long(case: Case) -> None:
    assert_agree(case)
    assert_stopped_in_reverse(case)
