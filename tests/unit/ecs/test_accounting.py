from __future__ import annotations

import pytest
from support.agent import container, definition

from pytest_multidocker.dockerrun.model import PortMapping
from pytest_multidocker.ecs.accounting import Account, Resources, required, required_without_ports
from pytest_multidocker.ecs.instances import capacity


def test_a_reservation_counts_before_the_hard_limit() -> None:
    task = definition(
        container("a", memory=200, memory_reservation=60, cpu=10), container("b", memory=30)
    )

    assert required(task) == Resources(cpu=10, memory=90)


def test_the_task_s_own_cpu_and_memory_count_before_those_of_its_containers() -> None:
    containers = container("a", memory=200, cpu=10), container("b", memory=30)

    assert required(definition(*containers, cpu=256)) == Resources(cpu=256, memory=230)
    assert required(definition(*containers, memory=512)) == Resources(cpu=10, memory=512)


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


def test_on_the_host_s_network_a_container_s_ports_are_the_instance_s() -> None:
    mappings = (PortMapping(80), PortMapping(0, container_port_range="90-91"))
    task = definition(container("a", port_mappings=mappings), network_mode="host")

    assert required(task).tcp_ports == {80, 90, 91}


def test_where_all_host_ports_are_free_ones_none_is_taken() -> None:
    task = definition(container("a", memory=9, port_mappings=(PortMapping(80, 80),)))

    assert required_without_ports(task) == Resources(memory=9)


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
