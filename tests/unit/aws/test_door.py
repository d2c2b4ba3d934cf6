"""The helper beside a database that keeps others out of it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from docker.errors import APIError

from pytest_multidocker.aws.security import door as module
from pytest_multidocker.aws.security.door import Door


class Helper:
    """A container that notes what is done with it; it may have come too late."""

    def __init__(self, *, is_late: bool = False) -> None:
        self.done: list[str] = []
        self._is_late = is_late

    def start(self) -> None:
        self.done.append("start")
        if self._is_late:
            raise APIError("cannot join network of a non running container")

    def exec_run(self, command: list[str]) -> None:
        self.done.append(" ".join(command))

    def remove(self, *, force: bool) -> None:
        self.done.append(f"remove {force}")


@pytest.fixture(autouse=True)
def image(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "probe_image", lambda _client: "probe")


def door_with(helper: Helper) -> Door:
    containers = SimpleNamespace(create=lambda *_, **__: helper)
    client: Any = SimpleNamespace(containers=containers)
    run: Any = SimpleNamespace(id="run", labels={})
    return Door(client, run, "0123456789abcdef")


def test_one_helper_closes_and_opens() -> None:
    helper = Helper()
    door = door_with(helper)
    door.close("172.17.0.2")
    door.close("172.17.0.2")
    assert door.closed == {"172.17.0.2"}
    door.open("172.17.0.2")
    assert helper.done == [
        "start",
        "ip route add blackhole 172.17.0.2/32",
        "ip route del blackhole 172.17.0.2/32",
    ]
    assert door.closed == frozenset()


def test_no_helper_is_left_of_a_database_that_has_gone() -> None:
    helper = Helper(is_late=True)
    door = door_with(helper)
    with pytest.raises(APIError):
        door.close("172.17.0.2")
    assert helper.done == ["start", "remove True"]
    assert door.closed == frozenset()
