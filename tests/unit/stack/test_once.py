"""What is started by the first who asks."""

from __future__ import annotations

import itertools

import pytest

from pytest_multidocker.errors import StackError
from pytest_multidocker.stack.once import Once


def test_the_first_who_asks_starts_it() -> None:
    numbers = itertools.count(1)
    once = Once(lambda: next(numbers))

    before = once.made
    assert (before, once.get(), once.get(), once.made) == (None, 1, 1, 1)
    assert [once.let_go(), once.made, once.let_go()] == [1, None, None]
    assert once.get() == 2
    assert once.close(StackError("closed")) == 2
    with pytest.raises(StackError, match="closed"):
        once.get()


def test_what_could_not_start_is_not_tried_again() -> None:
    tries: list[int] = []

    def start() -> int:
        tries.append(1)
        raise StackError("no room")

    once = Once(start)

    for _ in range(2):
        with pytest.raises(StackError, match="no room"):
            once.get()
    assert once.close(StackError("closed")) is None
    with pytest.raises(StackError, match="no room"):
        once.get()
    assert len(tries) == 1
