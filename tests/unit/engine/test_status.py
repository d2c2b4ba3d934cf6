from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pytest_multidocker.engine.endpoint import Endpoint
from pytest_multidocker.engine.status import connect, read_status, require_engine
from pytest_multidocker.errors import EngineUnavailable

INFO = {
    "ServerVersion": "28.0.1",
    "OperatingSystem": "Debian GNU/Linux 12 (bookworm)",
    "NCPU": 4,
    "MemTotal": 8 * 2**30,
    "Driver": "overlay2",
    "CgroupVersion": "2",
    "MemoryLimit": True,
    "SwapLimit": False,
}


class FakeApi:
    api_version = "1.48"

    def __init__(self, network: dict[str, Any] | None) -> None:
        self._network = network

    def inspect_network(self, name: str) -> dict[str, Any]:
        from docker.errors import NotFound

        assert name == "bridge"
        if self._network is None:
            raise NotFound("no such network")
        return self._network


def _client(network: dict[str, Any] | None, **info: object) -> Any:
    return cast(Any, SimpleNamespace(api=FakeApi(network), info=lambda: {**INFO, **info}))


def _bridge(*ranges: dict[str, str]) -> dict[str, Any]:
    return {"Driver": "bridge", "IPAM": {"Config": list(ranges)}}


def test_what_an_engine_says_of_itself() -> None:
    endpoint = Endpoint("unix:///x", "a test")
    status = read_status(_client(_bridge({"Gateway": "172.17.0.1"})), endpoint)
    assert status.endpoint is endpoint
    assert (status.version, status.api_version) == ("28.0.1", "1.48")
    assert (status.cpus, status.memory, status.storage) == (4, 8192, "overlay2")
    assert (status.cgroup_version, status.memory_limit, status.swap_accounting) == (
        "2",
        True,
        False,
    )
    assert status.default_bridge == "172.17.0.1"
    assert status.problems == ()


def test_a_gateway_that_is_left_out_is_the_first_address() -> None:
    assert read_status(_client(_bridge({"Subnet": "10.5.0.0/24"}))).default_bridge == "10.5.0.1"


@pytest.mark.parametrize("network", [None, {"Driver": "null"}, _bridge()])
def test_an_engine_without_default_bridge_cannot_link(network: dict[str, Any] | None) -> None:
    status = read_status(_client(network))
    assert status.default_bridge is None
    assert [problem.split(",")[0] for problem in status.problems] == [
        "There is no default bridge network"
    ]


def test_an_engine_without_memory_limits_is_told() -> None:
    status = read_status(_client(_bridge({"Gateway": "172.17.0.1"}), MemoryLimit=False))
    assert status.problems == (
        (
            "The kernel limits no container's memory. Boot with cgroup_enable=memory on "
            "the kernel's command line."
        ),
    )


@pytest.mark.parametrize("why", ["there is no such socket", "nobody listens there"])
def test_a_socket_that_does_not_answer(tmp_path: Path, why: str) -> None:
    path = tmp_path / "docker.sock"
    if why == "nobody listens there":
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(str(path))
    with pytest.raises(EngineUnavailable) as caught:
        connect(environ={"DOCKER_HOST": f"unix://{path}"})
    assert str(caught.value) == (
        f"No Docker Engine answers at unix://{path} (DOCKER_HOST): {why}. Start that "
        "one, name another, or unset DOCKER_HOST: 'multidocker engine up' starts one on this "
        "machine."
    )


@pytest.mark.parametrize("look", [connect, require_engine])
def test_a_socket_that_takes_a_connection_and_says_nothing(
    tmp_path: Path, look: Callable[..., object]
) -> None:
    path = tmp_path / "docker.sock"
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(path))
        door.listen()
        with pytest.raises(EngineUnavailable, match=r"no answer within 0\.2 s"):
            look(0.2, {"DOCKER_HOST": f"unix://{path}"})


def test_a_socket_whose_owner_hangs_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        accepted: list[socket.socket] = []
        thread = threading.Thread(target=lambda: accepted.append(door.accept()[0]))
        thread.start()
        with pytest.raises(EngineUnavailable, match=r"no answer within 0\.2 s"):
            connect(0.2, {"DOCKER_HOST": f"tcp://127.0.0.1:{door.getsockname()[1]}"})
        thread.join()
        accepted[0].close()


def test_an_address_of_an_unknown_kind_is_named() -> None:
    with pytest.raises(EngineUnavailable, match=r"No Docker Engine answers at bogus://x"):
        connect(environ={"DOCKER_HOST": "bogus://x"})
