"""Whatever happens, in whatever order: the agent stays within its rules."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from support.agent import Machine, container

from pytest_multidocker.dockerrun.model import ContainerDefinition, VolumeFrom
from pytest_multidocker.ecs import events as ev
from pytest_multidocker.ecs.actions import ReportTask, Stop
from pytest_multidocker.ecs.graph import Condition, dependents, edges
from pytest_multidocker.ecs.reasons import NEVER_STARTED_EXIT_CODE
from pytest_multidocker.ecs.status import ContainerStatus, TaskStatus


@st.composite
def tasks(draw: st.DrawFn) -> list[ContainerDefinition]:
    """Up to five containers that depend only on earlier ones, at least one of them essential."""
    names = "abcde"[: draw(st.integers(1, 5))]
    containers = []
    for index, name in enumerate(names):
        earlier = st.sets(st.sampled_from(names[:index])) if index else st.just(set())
        containers.append(
            container(
                name,
                " ".join(sorted(draw(earlier))),
                volumes_from=tuple(VolumeFrom(n) for n in sorted(draw(earlier))),
                essential=draw(st.booleans()) or index == 0,
            )
        )
    return draw(st.permutations(containers))


def act(machine: Machine, draw: Any) -> None:
    """Let something happen: work succeeds or fails, a container dies, somebody stops the task."""
    running = [n for n, c in machine.task.containers.items() if c.known is ContainerStatus.RUNNING]
    choices = ["stop", *(["succeed", "fail"] * 4 if machine.work else []), *running]
    choice = draw(st.sampled_from(choices))
    if choice == "stop":
        machine.send(ev.StopRequested(machine.now))
    elif choice == "succeed":
        machine.succeed(draw(st.sampled_from(machine.work)))
    elif choice == "fail":
        machine.fail(draw(st.sampled_from(machine.work)).container, "CannotError: no")
    else:
        machine.work = [w for w in machine.work if w.container != choice]
        if draw(st.booleans()):
            machine.send(ev.Dying(choice, machine.now))
        machine.die(choice, draw(st.sampled_from([0, 1, 137])), oom=draw(st.booleans()))


def assert_lawful(machine: Machine, before: Any) -> None:
    waited_for_by = dependents(machine.task.definition)
    for name, state in machine.task.containers.items():
        assert state.known >= before.containers[name].known
        assert state.desired >= before.containers[name].desired
        if state.known >= ContainerStatus.RUNNING and state.ran:
            for edge in edges(state.definition):
                on = machine.task.containers[edge.on]
                assert on.runtime_id if edge.condition is Condition.CREATE else on.ran
        if not state.ran:
            assert state.exit_code in {None, NEVER_STARTED_EXIT_CODE}
    for action in machine.work:
        if isinstance(action, Stop):
            assert all(
                machine.task.containers[n].is_stopped for n in waited_for_by[action.container]
            )
    at_work = [action.container for action in machine.work]
    assert len(at_work) == len(set(at_work)), "two actions at once for one container"


@given(tasks(), st.data())
def test_any_sequence_of_events_is_lawful_and_ends(
    containers: list[ContainerDefinition], data: st.DataObject
) -> None:
    machine = Machine(*containers)

    for _ in range(data.draw(st.integers(0, 40))):
        before = machine.task
        act(machine, data.draw)
        assert_lawful(machine, before)

    machine.send(ev.StopRequested(machine.now))
    while machine.work:
        machine.succeed(machine.work[0])
    assert machine.task.known is TaskStatus.STOPPED
    ends = [r for r in machine.reports if isinstance(r, ReportTask) and r.status.name == "STOPPED"]
    assert ends == [machine.reports[-1]], "STOPPED is reported once, and last"


@given(tasks(), st.data())
def test_an_essential_death_stops_everything_and_another_stops_nothing(
    containers: list[ContainerDefinition], data: st.DataObject
) -> None:
    machine = Machine(*containers).start()
    victim = data.draw(st.sampled_from(containers))

    machine.die(victim.name, 1)
    while machine.work:
        machine.succeed(machine.work[0])

    others = [c.known for n, c in machine.task.containers.items() if n != victim.name]
    expected = ContainerStatus.STOPPED if victim.essential else ContainerStatus.RUNNING
    assert set(others) <= {expected}
