from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from pytest_multidocker.aws.control import ControlApp
from pytest_multidocker.aws.emulator import Emulator, EmulatorOptions, Endpoint
from pytest_multidocker.engine.run import Run


@pytest.fixture
def emulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    run = Run.start(tmp_path)
    yield Emulator(EmulatorOptions(), run)
    run.end()


class Client:
    """Calls the app as a server would."""

    def __init__(self, emulator: Emulator) -> None:
        self._app = ControlApp(emulator, lambda: {"status": "ready"})
        self.status = ""

    def get(self, path: str, query: str = "") -> list[Any]:
        def start(status: str, *_: Any) -> Any:
            self.status = status

        environ = {"PATH_INFO": path, "QUERY_STRING": query}
        lines = self._app(environ, cast("Any", start))
        return [json.loads(line) for line in lines if line.strip()]


def test_health_is_a_page(emulator: Emulator) -> None:
    client = Client(emulator)
    assert client.get("/_multidocker/health") == [{"status": "ready"}]
    assert client.status == "200 OK"


def test_endpoints_are_listed(emulator: Emulator) -> None:
    endpoint = Endpoint("db", "postgres", "db.x", 5432, "c", "172.17.0.2", "127.0.0.1", 32768)
    emulator.endpoints.register(endpoint)
    assert Client(emulator).get("/_multidocker/endpoints/") == [{"endpoints": [endpoint.as_dict()]}]


def test_events_are_there_without_following(emulator: Emulator) -> None:
    emulator.events.publish("a")
    emulator.events.publish("b", x=1)
    events = Client(emulator).get("/_multidocker/events", "since=1&follow=0")
    assert [(event["seq"], event["kind"], event["x"]) for event in events] == [(2, "b", 1)]


def test_following_ends_with_the_emulator(emulator: Emulator) -> None:
    emulator.events.publish("shutdown")
    emulator.events.close()
    events = Client(emulator).get("/_multidocker/events")
    assert [event["kind"] for event in events] == ["shutdown"]


def test_a_wrong_number_is_refused(emulator: Emulator) -> None:
    client = Client(emulator)
    assert client.get("/_multidocker/events", "since=yesterday") == [
        {"message": "since must be the number of an event, not 'yesterday'"}
    ]
    assert client.status == "400 Bad Request"


def test_an_unknown_page_names_those_that_are(emulator: Emulator) -> None:
    client = Client(emulator)
    assert client.get("/_multidocker/helth") == [
        {
            "message": "there are only /_multidocker/health, /_multidocker/endpoints, "
            "/_multidocker/events, /_multidocker/registry"
        }
    ]
    assert client.status == "404 Not Found"
