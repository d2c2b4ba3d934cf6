"""Whatever happens, in whatever order: the agent stays within its rules."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from support.agent import Machine, container

from pytest_multidocker.dockerrun.model import (
    ContainerDefinition,
    Dependency,
    HealthCheck,
    RestartPolicy,
    VolumeFrom,
)
from pytest_multidocker.ecs import events as ev
from pytest_multidocker.ecs.actions import ReportTask, Start, Stop
from pytest_multidocker.ecs.graph import Condition, dependents, edges
from pytest_multidocker.ecs.reasons import NEVER_STARTED_EXIT_CODE
from pytest_multidocker.ecs.status import ContainerStatus, TaskStatus


@st.composite
def tasks(draw: st.DrawFn, *, conditions: bool = True) -> list[ContainerDefinition]:
    """Up to five containers that depend only on earlier ones, at least one of them essential.

    With ``conditions`` some wait for others to end or to be healthy, and some are restarted.
    """
    names = "abcde"[: draw(st.integers(1, 5))]
    containers = []
    for index, name in enumerate(names):
        earlier = st.sets(st.sampled_from(names[:index])) if index else st.just(set())
        containers.append(
            container(
                name,
                " ".join(sorted(draw(earlier))),
                volumes_from=tuple(VolumeFrom(n) for n in sorted(draw(earlier))),
                depends_on=tuple(
                    Dependency(
                        n, draw(st.sampled_from(["START", "COMPLETE", "SUCCESS", "HEALTHY"]))
                    )
                    for n in sorted(draw(earlier) if conditions else ())
                ),
                essential=draw(st.booleans()) or index == 0,
                health_check=HealthCheck(("CMD", "true")),
                restart_policy=RestartPolicy(conditions and draw(st.booleans()), (0,), 0),
            )
        )
    return draw(st.permutations(containers))


def act(machine: Machine, draw: Any) -> None:
    """Let something happen: work succeeds or fails, a container dies, somebody stops the task."""
    running = [n for n, c in machine.task.containers.items() if c.known is ContainerStatus.RUNNING]
    have_run = [n for n, c in machine.task.containers.items() if c.ran]  # others have no health
    choices = ["stop", "revive", *(["health"] if have_run else [])]
    choices += [*(["succeed", "fail"] * 4 if machine.work else []), *running * 2]
    choice = draw(st.sampled_from(choices))
    if choice == "stop":
        machine.send(ev.StopRequested(machine.now))
    elif choice == "health":
        name = draw(st.sampled_from(have_run))
        machine.send(ev.HealthChanged(name, machine.now, draw(st.sampled_from(_HEALTH))))
    elif choice == "revive":
        name = draw(st.sampled_from(list(machine.task.containers)))
        machine.send(ev.Revived(name, machine.now))
    elif choice == "succeed":
        machine.succeed(draw(st.sampled_from(machine.work)))
    elif choice == "fail":
        failing = draw(st.sampled_from(machine.work))
        options = {"uncertain": draw(st.booleans())} if isinstance(failing, Start) else {}
        machine.fail_in(failing, "CannotError: no", **options)
    else:
        machine.work = [w for w in machine.work if w.container != choice]
        if draw(st.booleans()):
            machine.send(ev.Dying(choice, machine.now))
        machine.die(choice, draw(st.sampled_from([0, 1, 137])), oom=draw(st.booleans()))


_HEALTH = ["HEALTHY", "UNHEALTHY"]


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
    at_work = [a for a in machine.work if not machine.task.containers[a.container].is_stopped]
    for action in at_work:
        if isinstance(action, Stop):
            assert all(
                machine.task.containers[n].is_stopped for n in waited_for_by[action.container]
            )
    names = [action.container for action in at_work]
    assert len(names) == len(set(names)), "two actions at once for one container"
    going_on = machine.work or any(
        c.known is ContainerStatus.RUNNING for c in machine.task.containers.values()
    )
    assert going_on or machine.task.known is TaskStatus.STOPPED, "nothing will ever happen again"


@settings(deadline=None)  # the machine may be busy with containers
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


@settings(deadline=None)
@given(tasks(conditions=False), st.data())
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
