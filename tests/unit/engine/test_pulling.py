from __future__ import annotations

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from pytest_multidocker.engine.pulling import PullFailed, pull


def _client(lines: Iterator[dict[str, Any]]) -> Any:
    return SimpleNamespace(api=SimpleNamespace(pull=lambda *_, **__: lines))


def test_a_pull_that_ends_without_error_is_a_success() -> None:
    pull(_client(iter([{"status": "Pulling from library/x"}, {"status": "Done"}])), "x")


def test_the_registrys_error_is_the_reason_in_one_line() -> None:
    with pytest.raises(PullFailed) as caught:
        pull(_client(iter([{"status": "Pulling"}, {"error": "manifest\n unknown"}])), "x")
    assert str(caught.value) == "manifest unknown"


def test_an_error_of_the_engine_is_the_reason() -> None:
    from docker.errors import APIError

    def fail() -> Iterator[dict[str, Any]]:
        yield {"status": "Pulling"}
        raise APIError("500", explanation="dial tcp: no such host")

    with pytest.raises(PullFailed) as caught:
        pull(_client(fail()), "x")
    assert str(caught.value) == "dial tcp: no such host"


def test_a_registry_that_does_not_answer_is_given_up() -> None:
    end = threading.Event()

    def hang() -> Iterator[dict[str, Any]]:
        end.wait(10)
        yield {}

    with pytest.raises(PullFailed) as caught:
        pull(_client(hang()), "x", first_answer=0.05)
    end.set()
    assert str(caught.value) == "the registry gave no answer for 0.05 s"
