from __future__ import annotations

import pytest

from pytest_multidocker.aws.guard import Guard

LOCAL = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:4577"}


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:4577",
        "localhost",
        "LOCALHOST:4577",
        "[::1]:4577",
        "bucket.localhost:4577",
        "ecs.us-east-1.amazonaws.com",
    ],
)
def test_this_machine_may_call_by_its_own_names(host: str) -> None:
    assert Guard().reason_to_refuse({**LOCAL, "HTTP_HOST": host}) is None


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example:4577", "localhost.evil.example", "10.0.0.5", ""],
)
def test_a_name_that_somebody_points_here_is_refused(host: str) -> None:
    reason = Guard().reason_to_refuse({**LOCAL, "HTTP_HOST": host})
    assert reason is not None
    assert reason.endswith("is refused: use 127.0.0.1 or localhost")


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://amazonaws.com.evil",
        "http://evil.s3-website-us-east-1.amazonaws.com",
    ],
)
def test_web_pages_are_refused(origin: str) -> None:
    reason = Guard().reason_to_refuse({**LOCAL, "HTTP_ORIGIN": origin})
    assert reason == f"requests of web pages from {origin!r} are refused"


def test_a_page_of_this_machine_may_call() -> None:
    assert Guard().reason_to_refuse({**LOCAL, "HTTP_ORIGIN": "http://localhost:3000"}) is None


@pytest.mark.parametrize("address", ["192.168.1.9", "172.17.0.2", "2001:db8::1", "", "unix"])
def test_other_machines_and_containers_are_refused(address: str) -> None:
    reason = Guard().reason_to_refuse({**LOCAL, "REMOTE_ADDR": address})
    assert reason == (f"requests from {address} are refused: multidocker serves this machine only")


def test_containers_may_call_where_the_bridge_is_served() -> None:
    guard = Guard(networks=("172.17.0.0/16",), hosts=("172.17.0.1",))
    request = {"REMOTE_ADDR": "172.17.0.2", "HTTP_HOST": "172.17.0.1:4577"}
    assert guard.reason_to_refuse(request) is None
    assert guard.reason_to_refuse({**request, "REMOTE_ADDR": "172.18.0.2"}) is not None
    assert guard.reason_to_refuse({**request, "REMOTE_ADDR": "::ffff:172.17.0.9"}) is None
