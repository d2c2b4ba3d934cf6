"""Docker's view of a container, read as the agent reads it."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_multidocker.dockerrun.model import PortMapping
from pytest_multidocker.ecs.events import Died, PortBinding
from pytest_multidocker.engine.observation import bindings, died, health, is_dead, seconds

NEVER = "0001-01-01T00:00:00Z"


def inspected(**state: Any) -> dict[str, Any]:
    defaults = {
        "Running": False,
        "FinishedAt": "2026-01-02T03:04:05.678901234Z",
        "ExitCode": 3,
        "OOMKilled": False,
        "Error": "",
    }
    return {"State": {**defaults, **state}}


def test_bindings_on_ipv6_are_left_out() -> None:
    ports = {
        "80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "32768"}, {"HostIp": "::", "HostPort": "9"}],
        "53/udp": [{"HostIp": "0.0.0.0", "HostPort": "32769"}],
        "443/tcp": None,
    }
    assert bindings({"NetworkSettings": {"Ports": ports}}) == (
        PortBinding(53, 32769, "udp", "0.0.0.0"),
        PortBinding(80, 32768, "tcp", "0.0.0.0"),
    )


def test_a_declared_range_is_one_binding() -> None:
    hosts = {f"{p}/tcp": [{"HostIp": "0.0.0.0", "HostPort": str(p + 32000)}] for p in range(8, 12)}
    mappings = [
        PortMapping(0, container_port_range="9-11"),
        PortMapping(0, protocol="udp", container_port_range="9-11"),
        PortMapping(8),
    ]

    assert bindings({"NetworkSettings": {"Ports": hosts}}, mappings) == (
        PortBinding(8, 32008),
        PortBinding(9, 32009, container_port_range="9-11", host_port_range="32009-32011"),
    )


@pytest.mark.parametrize("ports", [None, {}])
def test_no_ports_are_no_bindings(ports: Any) -> None:
    assert bindings({"NetworkSettings": {"Ports": ports}}) == ()


def test_dead_is_what_has_run_and_does_not() -> None:
    assert is_dead(inspected())
    assert not is_dead(inspected(Running=True))
    assert not is_dead(inspected(FinishedAt=NEVER))  # created, or never started


def test_a_death_has_its_time_code_and_cause() -> None:
    at = seconds("2026-01-02T03:04:05.678901234Z")
    assert died("app", inspected(), 9.0) == Died("app", at, 3)
    oom = died("app", inspected(ExitCode=137, OOMKilled=True, Error="x"), 9.0)
    assert (oom.exit_code, oom.oom_killed, oom.error) == (137, True, "x")


@pytest.mark.parametrize("state", [{"Running": True}, {"FinishedAt": NEVER, "ExitCode": 127}])
def test_what_has_not_ended_has_no_exit_code(state: dict[str, Any]) -> None:
    assert died("app", inspected(**state), 9.0) == Died("app", 9.0, None)


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        ("1970-01-01T00:00:00Z", 0.0),
        ("1970-01-02T00:00:00.5Z", 86400.5),
        ("1970-01-01T00:00:01.000000001Z", 1.000000001),
    ],
)
def test_timestamps_are_seconds(timestamp: str, expected: float) -> None:
    assert seconds(timestamp) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        (None, None),
        ({"Status": "starting"}, None),
        ({"Status": "none"}, None),
        ({"Status": "healthy"}, "HEALTHY"),
        ({"Status": "unhealthy"}, "UNHEALTHY"),
    ],
)
def test_health_is_what_a_check_found(check: Any, expected: str | None) -> None:
    state = {} if check is None else {"Health": check}
    assert health(inspected(**state)) == expected
