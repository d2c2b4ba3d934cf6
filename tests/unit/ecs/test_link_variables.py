"""The variables of a link; that they are Docker's own, tests/docker shows."""

from __future__ import annotations

import pytest

from pytest_multidocker.ecs.link_variables import Target, link_variables, needed


def variables(*ports: str, alias: str = "db", env: dict[str, str] | None = None) -> dict[str, str]:
    return link_variables("ecs-fam-1-web-0", alias, Target("172.17.0.2", env or {}, ports))


def test_a_port_has_five_variables() -> None:
    assert variables("5432/tcp") == {
        "DB_PORT": "tcp://172.17.0.2:5432",
        "DB_PORT_5432_TCP": "tcp://172.17.0.2:5432",
        "DB_PORT_5432_TCP_ADDR": "172.17.0.2",
        "DB_PORT_5432_TCP_PORT": "5432",
        "DB_PORT_5432_TCP_PROTO": "tcp",
        "DB_NAME": "/ecs-fam-1-web-0/db",
    }


def test_without_ports_there_is_the_name() -> None:
    assert variables() == {"DB_NAME": "/ecs-fam-1-web-0/db"}


def test_an_alias_is_in_capitals_without_hyphens() -> None:
    assert variables(alias="my-db") == {"MY_DB_NAME": "/ecs-fam-1-web-0/my-db"}


def test_the_target_s_variables_come_along_but_two() -> None:
    env = {"HOME": "/root", "PATH": "/bin", "PASSWORD": "a=b", "EMPTY": ""}
    found = variables(env=env)
    assert {n: v for n, v in found.items() if "_ENV_" in n} == {
        "DB_ENV_PASSWORD": "a=b",
        "DB_ENV_EMPTY": "",
    }


def test_the_lowest_port_is_the_link_s_and_tcp_goes_first() -> None:
    assert variables("9000/tcp", "53/udp", "53/tcp")["DB_PORT"] == "tcp://172.17.0.2:53"


@pytest.mark.parametrize(
    ("ports", "rows"),
    [
        (["80/tcp", "81/tcp"], {}),
        (["80/tcp", "81/tcp", "82/tcp"], {80: 82}),
        (["82/tcp", "80/tcp", "81/tcp", "90/tcp"], {80: 82}),
        (["1/tcp", "2/tcp", "3/tcp", "7/tcp", "8/tcp", "9/tcp"], {1: 3, 7: 9}),
    ],
)
def test_three_and_more_in_a_row_have_a_start_and_an_end(
    ports: list[str], rows: dict[int, int]
) -> None:
    found = variables(*ports)
    edges = {n: v for n, v in found.items() if n.endswith(("_START", "_END"))}
    expected = {}
    for first, last in rows.items():
        name = f"DB_PORT_{first}_TCP"
        expected[f"{name}_START"] = f"tcp://172.17.0.2:{first}"
        expected[f"{name}_PORT_START"] = str(first)
        expected[f"{name}_END"] = f"tcp://172.17.0.2:{last}"
        expected[f"{name}_PORT_END"] = str(last)
    assert edges == expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("20.10.24+dfsg1", False),
        ("28.5.2", False),
        ("29.0.0", True),
        ("30.1.0-rc.1", True),
        ("dev", False),
    ],
)
def test_engines_from_29_on_need_help(version: str, expected: bool) -> None:
    assert needed(version) is expected
