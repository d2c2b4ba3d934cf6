from __future__ import annotations

import pytest

from pytest_multidocker.ecs.events import PortBinding

ONE = PortBinding(80, 32768)
RANGE = PortBinding(90, 9000, "udp", container_port_range="90-92", host_port_range="9000-9002")


@pytest.mark.parametrize("binding", [ONE, RANGE])
def test_a_binding_survives_the_way_through_the_api(binding: PortBinding) -> None:
    assert PortBinding.of_members(binding.members()) == binding


@pytest.mark.parametrize(
    ("binding", "port", "host_port"),
    [(ONE, 80, 32768), (ONE, 81, None), (RANGE, 90, 9000), (RANGE, 92, 9002), (RANGE, 93, None)],
)
def test_each_port_has_its_host_port(
    binding: PortBinding, port: int, host_port: int | None
) -> None:
    assert binding.host_port_of(port) == host_port
