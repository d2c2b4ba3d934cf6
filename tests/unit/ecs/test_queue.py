"""Who is let in when: tasks by a letter, an instance with room for 100 MiB."""

from __future__ import annotations

import pytest
from support.agent import Machine, container

from pytest_multidocker.ecs import events as ev
from pytest_multidocker.ecs.accounting import Account, Resources
from pytest_multidocker.ecs.actions import Pull, ReportTask
from pytest_multidocker.ecs.queue import Host
from pytest_multidocker.ecs.status import TaskStatus


def host(**memory: int) -> tuple[Host, tuple[str, ...]]:
    found = Host(Account.of(1024, 100))
    for task, needed in memory.items():
        found = found.enqueue(task, Resources(memory=needed))
    return found.admit()


@pytest.mark.parametrize(
    ("tasks", "admitted"),
    [
        ({"a": 50, "b": 50}, ("a", "b")),
        ({"a": 50, "b": 50, "c": 1}, ("a", "b")),
        ({"a": 60, "b": 50, "c": 10}, ("a",)),  # c would fit, but b is before it
        ({"a": 101, "b": 1}, ()),
    ],
)
def test_the_first_that_does_not_fit_keeps_all_others_waiting(
    tasks: dict[str, int], admitted: tuple[str, ...]
) -> None:
    assert host(**tasks)[1] == admitted


def test_who_leaves_makes_room_for_the_next() -> None:
    full, _ = host(a=60, b=50, c=30)

    after, admitted = full.release("a").admit()

    assert admitted == ("b", "c")
    assert after.waiting == ()
    assert after.release("b").release("c").account == Account.of(1024, 100)


def test_who_waits_no_longer_is_no_longer_in_the_way() -> None:
    full, _ = host(a=60, b=50, c=30)

    after, admitted = full.release("b").admit()

    assert admitted == ("c",)
    assert after.account.remaining.memory == 10


def test_a_host_port_is_waited_for() -> None:
    needed = Resources(tcp_ports=frozenset({80}))
    both = Host(Account.of(1024, 100)).enqueue("a", needed).enqueue("b", needed)

    after, admitted = both.admit()

    assert admitted == ("a",)
    assert after.release("a").admit()[1] == ("b",)


class TestWaiting:
    def test_nothing_is_done_before_there_is_room(self) -> None:
        machine = Machine(container("a"), admitted=False)
        assert (machine.work, machine.reports) == ([], [])

        machine.send(ev.Admitted(machine.now))

        assert machine.work == [Pull("a")]

    def test_a_stop_need_not_wait(self) -> None:
        machine = Machine(container("a"), admitted=False)

        machine.send(ev.StopRequested(machine.now))

        assert machine.work == []
        last = machine.reports[-1]
        assert isinstance(last, ReportTask)
        assert last.status is TaskStatus.STOPPED

    def test_what_cannot_be_resolved_need_not_wait_either(self) -> None:
        machine = Machine(container("a", "nope"), admitted=False)

        assert machine.task.known is TaskStatus.STOPPED
