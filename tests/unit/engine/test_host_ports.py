from __future__ import annotations

import socket

import pytest

from pytest_multidocker.dockerrun.model import PortMapping
from pytest_multidocker.engine.host_ports import (
    HostPorts,
    NoHostPort,
    machine_range,
    nobody_listens,
)


def free(*taken: int, start: int = 1) -> HostPorts:
    """Ports 1 to 9, of which some are taken."""
    return HostPorts((1, 9), start=start, is_free=lambda port, _: port not in taken)


def one(ports: HostPorts) -> int | None:
    return ports.choose(PortMapping(80), fixed=True)[0]


def row(ports: HostPorts, count: int) -> list[int | None]:
    mapping = PortMapping(0, container_port_range=f"80-{79 + count}")
    return list(ports.choose(mapping, fixed=True))


def test_each_is_the_next_that_is_free() -> None:
    ports = free(2, 4, start=1)

    assert [one(ports) for _ in range(4)] == [1, 3, 5, 6]


def test_after_the_last_comes_the_first() -> None:
    ports = free(start=8)

    assert [one(ports) for _ in range(4)] == [8, 9, 1, 2]


def test_the_search_goes_on_at_the_beginning() -> None:
    assert one(free(*range(5, 10), start=5)) == 1


def test_a_range_is_in_a_row() -> None:
    ports = free(3, 6)

    assert row(ports, 2) == [1, 2]
    assert row(ports, 3) == [7, 8, 9]
    assert row(ports, 2) == [1, 2]


def test_without_a_free_one_there_is_none() -> None:
    with pytest.raises(
        NoHostPort, match=r"^error retrieving docker port map: a host port is unavailable$"
    ):
        one(free(*range(1, 10)))
    with pytest.raises(NoHostPort, match=r": 3 contiguous host ports are unavailable$"):
        row(free(3, 6, 9), 3)


def test_a_declared_port_is_used_unless_free_ones_are_asked_for() -> None:
    mapping = PortMapping(80, 8080)

    assert free().choose(mapping, fixed=True) == [8080]
    assert free().choose(mapping, fixed=False) == [None]


def test_one_that_restarts_gets_a_port_that_it_keeps() -> None:
    mapping = PortMapping(80, 8080)

    assert free(start=3).choose(mapping, fixed=False, restarts=True) == [3]
    assert free().choose(mapping, fixed=True, restarts=True) == [8080]


@pytest.mark.parametrize(
    ("protocol", "kind"), [("tcp", socket.SOCK_STREAM), ("udp", socket.SOCK_DGRAM)]
)
@pytest.mark.parametrize(
    ("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
)
def test_who_listens_is_seen(
    protocol: str, kind: socket.SocketKind, family: socket.AddressFamily, address: str
) -> None:
    if family is socket.AF_INET6 and not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    with socket.socket(family, kind) as taken:
        taken.bind((address, 0))
        if protocol == "tcp":
            taken.listen()
        assert not nobody_listens(taken.getsockname()[1], protocol)


def test_the_machine_s_range_has_a_free_port() -> None:
    first, last = machine_range()

    found = HostPorts().choose(PortMapping(80), fixed=True)[0]

    assert found is not None
    assert first <= found <= last
