"""The FIFO by which an emulator learns that its owners are gone."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_multidocker.aws.lifeline import Lifeline


def hold(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_NONBLOCK)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "lifeline"
    os.mkfifo(path)
    return path


@pytest.fixture
def ended(path: Path) -> Callable[[], tuple[threading.Event, int]]:
    """Begin to wait for the end of the first owner, and of all others."""

    def begin() -> tuple[threading.Event, int]:
        lifeline, owner, over = Lifeline(path), hold(path), threading.Event()

        def wait() -> None:
            lifeline.wait_for_end()
            over.set()

        threading.Thread(target=wait, daemon=True).start()
        return over, owner

    return begin


def test_it_ends_with_the_last_owner_and_nobody_can_take_hold_of_it_then(
    path: Path, ended: Callable[[], tuple[threading.Event, int]]
) -> None:
    over, first = ended()
    second = hold(path)
    os.close(first)
    assert not over.wait(0.1)

    os.close(second)

    assert over.wait(60)
    with pytest.raises(FileNotFoundError):
        hold(path)


def test_who_takes_hold_of_it_in_the_last_moment_has_it(
    path: Path, ended: Callable[[], tuple[threading.Event, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    owners: list[int] = []
    rename = Path.rename

    def late(self: Path, target: Path) -> Path:
        if self == path and not owners:
            owners.append(hold(path))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", late)
    over, first = ended()

    os.close(first)

    assert not over.wait(0.2)
    owners.append(hold(path))
    for owner in owners:
        os.close(owner)
    assert over.wait(60)
