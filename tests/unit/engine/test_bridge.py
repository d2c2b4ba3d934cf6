from __future__ import annotations

import platform
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pytest_multidocker.engine.bridge import Bridge, default_bridge, runs_here


def client(*ranges: dict[str, str], driver: str = "bridge", **info: str) -> Any:
    network = {"Driver": driver, "IPAM": {"Config": list(ranges)}}
    api = SimpleNamespace(inspect_network=lambda _name: network)
    return cast(Any, SimpleNamespace(api=api, info=lambda: info))


V4 = {"Subnet": "10.5.0.0/24"}


@pytest.mark.parametrize(
    ("ranges", "bridge"),
    [
        ([V4], Bridge("10.5.0.1", "10.5.0.0/24")),
        ([V4 | {"Gateway": "10.5.0.9"}], Bridge("10.5.0.9", "10.5.0.0/24")),
        ([{"Subnet": "fd00::/64", "Gateway": "fd00::1"}, V4], Bridge("10.5.0.1", "10.5.0.0/24")),
        ([{"Subnet": "fd00::/64"}], None),
        ([], None),
    ],
)
def test_the_bridge_is_found_by_its_ipv4_address(
    ranges: list[dict[str, str]], bridge: Bridge | None
) -> None:
    assert default_bridge(client(*ranges)) == bridge


def test_a_network_of_another_kind_is_no_bridge() -> None:
    assert default_bridge(client(V4, driver="null")) is None


def test_an_engine_runs_here_if_kernel_and_name_are_this_machine_s() -> None:
    here = {"KernelVersion": platform.release(), "Name": platform.node()}
    assert runs_here(client(**here))
    assert not runs_here(client(**{**here, "Name": "elsewhere"}))
    assert not runs_here(client(**{**here, "KernelVersion": "6.12-linuxkit"}))
    assert not runs_here(client())
