from __future__ import annotations

import threading

import pytest

from pytest_multidocker.errors import TaskError
from pytest_multidocker.stack.bounded import within


def test_what_is_called_returns_or_raises_as_ever() -> None:
    def fail() -> int:
        raise KeyError("x")

    assert within(5, "It", lambda: 7) == 7
    with pytest.raises(KeyError):
        within(5, "It", fail)


def test_a_timeout_of_the_call_itself_is_its_own() -> None:
    def fail() -> int:
        raise TimeoutError("the call's own")

    with pytest.raises(TimeoutError, match="own"):
        within(5, "It", fail)


def test_what_does_not_end_is_left_to_itself() -> None:
    end = threading.Event()
    with pytest.raises(TaskError, match=r"^Reading x has not ended within 0.05 s\.$"):
        within(0.05, "Reading x", lambda: end.wait(30))
    end.set()
