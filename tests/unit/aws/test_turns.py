"""Requests side by side, and one alone."""

from __future__ import annotations

import threading

from pytest_multidocker.aws.turns import Turns


def test_shared_turns_run_together() -> None:
    turns, meet = Turns(), threading.Barrier(2, timeout=60)

    def run() -> None:
        with turns.shared():
            meet.wait()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not meet.broken


def test_one_alone_waits_for_the_others_and_keeps_new_ones_out() -> None:
    turns, log = Turns(), []
    inside, go = threading.Event(), threading.Event()

    def early() -> None:
        with turns.shared():
            inside.set()
            go.wait(5)
            log.append("early")

    def alone() -> None:
        with turns.alone():
            log.append("alone")

    def late() -> None:
        with turns.shared():
            log.append("late")

    first = threading.Thread(target=early)
    first.start()
    inside.wait(5)
    second = threading.Thread(target=alone)
    second.start()
    while not turns._alone:
        threading.Event().wait(0.001)
    third = threading.Thread(target=late)
    third.start()
    assert log == []
    go.set()
    for thread in (first, second, third):
        thread.join(60)
    assert log == ["early", "alone", "late"]
