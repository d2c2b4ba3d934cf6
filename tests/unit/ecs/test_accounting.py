from __future__ import annotations

import pytest
from support.agent import container, definition

from pytest_multidocker.dockerrun.model import PortMapping
from pytest_multidocker.ecs.accounting import Account, Resources, required
from pytest_multidocker.ecs.instances import capacity


def test_a_reservation_counts_before_the_hard_limit() -> None:
    task = definition(
        container("a", memory=200, memory_reservation=60, cpu=10), container("b", memory=30)
    )

    assert required(task) == Resources(cpu=10, memory=90)


def test_only_declared_host_ports_are_taken() -> None:
    task = definition(
        container(
            "a",
            port_mappings=(
                PortMapping(80, 8080),
                PortMapping(81),
                PortMapping(82, 0),
                PortMapping(53, 53, "udp"),
            ),
        )
    )

    needed = required(task)

    assert needed.tcp_ports == {8080}
    assert needed.udp_ports == {53}


@pytest.mark.parametrize(
    ("needed", "failure"),
    [
        (Resources(memory=983), None),
        (Resources(memory=984), "RESOURCE:MEMORY"),
        (Resources(cpu=1025), "RESOURCE:CPU"),
        (Resources(tcp_ports=frozenset({51678})), "RESOURCE:PORTS"),
        (Resources(udp_ports=frozenset({51678})), None),
    ],
)
def test_what_a_t2_micro_has_room_for(needed: Resources, failure: str | None) -> None:
    room = capacity("t2.micro")

    assert Account.of(room.cpu, room.memory).shortage(needed) == failure


def test_what_is_given_back_can_be_taken_again() -> None:
    needed = Resources(1024, 600, frozenset({80}), frozenset({53}))
    empty = Account.of(1024, 983)

    full = empty.take(needed)

    assert full.shortage(Resources(memory=600)) == "RESOURCE:MEMORY"
    assert full.shortage(Resources(tcp_ports=frozenset({80}))) == "RESOURCE:PORTS"
    assert full.give_back(needed) == empty
