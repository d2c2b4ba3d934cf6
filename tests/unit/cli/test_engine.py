from __future__ import annotations

import argparse
import json
from types import SimpleNamespace
from typing import Any

import pytest

from pytest_multidocker.cli import engine as verb
from pytest_multidocker.engine import installation, status
from pytest_multidocker.engine.endpoint import Endpoint
from pytest_multidocker.engine.installation import BroughtUp
from pytest_multidocker.engine.status import EngineStatus
from pytest_multidocker.errors import EngineUnavailable

STATUS = EngineStatus(
    endpoint=Endpoint("unix:///run/d.sock", "DOCKER_HOST"),
    version="28.0.1",
    api_version="1.48",
    operating_system="Debian",
    cpus=2,
    memory=2048,
    storage="overlay2",
    cgroup_version="2",
    memory_limit=True,
    swap_accounting=False,
    default_bridge="172.17.0.1",
)


def _run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    verb.add_parser(parser.add_subparsers())
    args = parser.parse_args(["engine", *arguments])
    code: int = args.run(args)
    return code


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> None:
    client: Any = SimpleNamespace(close=lambda: None)
    monkeypatch.setattr(status, "connect", lambda: client)
    monkeypatch.setattr(status, "read_status", lambda _client: STATUS)


@pytest.mark.usefixtures("answering")
def test_status_says_what_the_engine_can_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("status") == 0
    assert capsys.readouterr().out.splitlines() == [
        "engine:          Docker 28.0.1 (API 1.48)",
        "at:              unix:///run/d.sock (DOCKER_HOST)",
        "machine:         Debian, 2 CPUs, 2048 MiB",
        "storage:         overlay2",
        "control groups:  version 2",
        "memory limits:   yes",
        "swap accounting: no",
        "default bridge:  172.17.0.1",
    ]


@pytest.mark.usefixtures("answering")
def test_status_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("status", "--json") == 0
    values = json.loads(capsys.readouterr().out)
    assert values["endpoint"] == {"host": "unix:///run/d.sock", "source": "DOCKER_HOST"}
    assert (values["memory_limit"], values["problems"]) == (True, [])


def test_status_of_an_engine_that_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise EngineUnavailable("No Docker Engine answers.")

    monkeypatch.setattr(status, "connect", fail)
    assert _run("status") == 1
    assert _run("status", "--json") == 1
    out = capsys.readouterr().out
    assert out == 'No Docker Engine answers.\n{"error": "No Docker Engine answers."}\n'


@pytest.mark.parametrize(
    ("started", "text"), [(True, "is up"), (False, "answers already; nothing to do")]
)
def test_up_says_what_it_did(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, *, started: bool
) -> None:
    asked: dict[str, Any] = {}

    def bring_up(**options: Any) -> BroughtUp:
        asked.update(options)
        return BroughtUp(STATUS, started, ())

    monkeypatch.setattr(installation, "bring_up", bring_up)
    assert _run("up", "--install", "--wait", "5") == 0
    assert (asked["install"], asked["wait"]) == (True, 5.0)
    assert capsys.readouterr().out == f"Docker Engine 28.0.1 at unix:///run/d.sock {text}\n"
