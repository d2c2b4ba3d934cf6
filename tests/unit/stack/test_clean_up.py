"""What fails keeps nothing else from being cleaned up."""

from __future__ import annotations

import pytest

from pytest_multidocker.errors import StackError
from pytest_multidocker.stack.clean_up import do_all


def test_all_calls_are_made_and_what_failed_is_told_together() -> None:
    made: list[str] = []

    def fail(word: str) -> None:
        made.append(word)
        raise OSError(word)

    calls = [lambda: fail("one"), lambda: made.append("two"), lambda: fail("three")]

    with pytest.raises(StackError, match=r"^Not all could be cleaned up at the end: one\nthree$"):
        do_all("at the end", calls)

    assert made == ["one", "two", "three"]


def test_where_nothing_fails_nothing_is_told() -> None:
    do_all("at the end", [lambda: None])
