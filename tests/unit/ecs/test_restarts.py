"""Restart policies: the agent starts the same container again and says nothing of its death."""

from __future__ import annotations

from typing import Any

import pytest
from support.agent import Machine, container

from pytest_multidocker.dockerrun.model import Dependency, RestartPolicy
from pytest_multidocker.ecs import events as ev
from pytest_multidocker.ecs.actions import ReportContainer, Start, Stop
from pytest_multidocker.ecs.restarts import refusal
from pytest_multidocker.ecs.state import ContainerState
from pytest_multidocker.ecs.status import ContainerStatus

STOPPED = ContainerStatus.STOPPED


def restarting(**fields: Any) -> RestartPolicy:
    return RestartPolicy(**{"enabled": True, "restart_attempt_period": 0, **fields})


@pytest.mark.parametrize(
    ("policy", "state", "exit_code", "reason"),
    [
        (None, {}, 1, "restart policy is not enabled"),
        (RestartPolicy(enabled=False), {}, 1, "restart policy is not enabled"),
        (restarting(), {"desired": STOPPED}, 1, "container's desired status is stopped"),
        (restarting(), {}, None, "exit code is nil"),
        (restarting(ignored_exit_codes=(0, 3)), {}, 3, "exit code 3 should be ignored"),
        (restarting(ignored_exit_codes=(0, 3)), {}, 1, None),
        (restarting(), {}, 0, None),
        (
            restarting(restart_attempt_period=60),
            {"started_at": 41.0},
            1,
            "attempt reset period has not elapsed",
        ),
        (restarting(restart_attempt_period=60), {"started_at": 40.0}, 1, None),
        (
            restarting(restart_attempt_period=60),
            {"started_at": 0.0, "last_restart_at": 90.0},
            1,
            "attempt reset period has not elapsed",
        ),
        (
            restarting(restart_attempt_period=60),
            {},
            1,
            "attempt reset period has not elapsed",
        ),
    ],
)
def test_should_restart(
    policy: RestartPolicy | None, state: dict[str, Any], exit_code: int | None, reason: str
) -> None:
    found = ContainerState(container("a", restart_policy=policy), **state)

    assert refusal(found, ev.Died("a", 100.0, exit_code)) == reason


class TestRestarting:
    def test_the_same_container_is_started_again_and_nothing_is_reported(self) -> None:
        machine = Machine(container("a", restart_policy=restarting()), container("b")).start()
        told = len(machine.reports)

        machine.send(ev.Dying("a", machine.now)).die("a", 1)

        assert machine.work == [Start("a")]
        machine.succeed(Start("a"))
        assert machine.work == []
        assert machine.reports[told:] == []
        assert machine.task.containers["a"].restart_count == 1

    def test_the_ports_that_were_reported_stay(self) -> None:
        machine = Machine(container("a", restart_policy=restarting())).start("b")
        first, second = (ev.PortBinding(80, port, "tcp") for port in (32768, 32769))
        for binding in (first, second):
            machine.work.clear()
            machine.send(ev.Started("a", machine.now, (binding,)))
            machine.die("a", 1)

        assert machine.task.containers["a"].bindings == (first,)

    def test_its_first_start_is_the_one_that_counts(self) -> None:
        machine = Machine(container("a", restart_policy=restarting())).start()
        first = machine.task.containers["a"].started_at

        machine.die("a", 1).start()

        assert machine.task.containers["a"].started_at == first

    def test_an_end_that_is_refused_is_reported_as_any_other(self) -> None:
        policy = restarting(restart_attempt_period=5)
        machine = Machine(container("a", restart_policy=policy), container("b")).start()

        machine.send(ev.Died("a", machine.now + 5, 1)).start()
        machine.send(ev.Died("a", machine.now + 6, 2))

        assert machine.work == [Stop("b", 30)]
        assert machine.task.containers["a"].exit_code == 2
        assert machine.task.containers["a"].restart_count == 1

    def test_running_out_of_memory_leaves_no_reason_behind(self) -> None:
        machine = Machine(container("a", restart_policy=restarting())).start()

        machine.die("a", 137, oom=True).start()

        assert machine.task.containers["a"].reason is None

    def test_a_restart_that_fails_leaves_the_end_that_was(self) -> None:
        machine = Machine(container("a", restart_policy=restarting())).start()
        machine.die("a", 137, oom=True)

        machine.fail("a", "CannotStartContainerError: Error response from daemon: no")

        last = machine.reports[-2]
        assert isinstance(last, ReportContainer)
        assert (last.status, last.exit_code) == (STOPPED, 137)
        assert last.reason == "OutOfMemoryError: Container killed due to memory usage"

    def test_a_stop_while_it_is_started_again_waits_for_the_start(self) -> None:
        machine = Machine(container("a", restart_policy=restarting())).start().die("a", 1)

        machine.send(ev.StopRequested(machine.now))

        assert machine.work == [Start("a")]
        machine.succeed(Start("a"))
        assert machine.work == [Stop("a", 30)]
        machine.die("a", 143)
        assert machine.status("a") == "STOPPED"

    def test_a_death_that_is_told_twice_counts_once(self) -> None:
        machine = Machine(container("a", restart_policy=restarting())).start().die("a", 1)

        machine.send(ev.Died("a", machine.now, 1))

        assert machine.work == [Start("a")]
        assert machine.task.containers["a"].restart_count == 1

    def test_one_that_dies_before_its_restart_is_confirmed_is_not_lost(self) -> None:
        machine = Machine(
            container("a", restart_policy=restarting(ignored_exit_codes=(2,)))
        ).start()
        machine.die("a", 1).die("a", 2)

        machine.send(ev.Started("a", machine.now))

        assert machine.status("a") == "STOPPED"
        assert machine.task.containers["a"].exit_code == 2

    def test_who_waits_for_its_end_waits_on(self) -> None:
        machine = Machine(
            container("a", essential=False, restart_policy=restarting(ignored_exit_codes=(0,))),
            container("b", depends_on=(Dependency("a", "COMPLETE"),)),
        ).start("a")

        machine.die("a", 1).start("a")
        assert machine.work == []
        machine.die("a", 0)

        assert machine.status("a") == "STOPPED"
        assert [work.container for work in machine.work] == ["b"]
