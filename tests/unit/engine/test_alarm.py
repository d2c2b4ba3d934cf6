"""Calls at a later time."""

from __future__ import annotations

import math
import queue
import threading
import time

import pytest

from pytest_multidocker.engine.alarm import Alarm


def test_calls_come_in_the_order_of_their_times() -> None:
    alarm, made = Alarm(), queue.SimpleQueue[str]()
    now = time.time()
    alarm.at(now + 0.2, lambda: made.put("late"))
    alarm.at(now + 0.1, lambda: made.put("early"))
    alarm.at(now - 1, lambda: made.put("past"))

    assert [made.get(timeout=60) for _ in range(3)] == ["past", "early", "late"]
    assert time.time() >= now + 0.2
    alarm.close()


def test_one_thread_serves_all_and_ends_with_them() -> None:
    alarm = Alarm()
    for _ in range(100):
        alarm.at(time.time() + 60, lambda: None)
    (thread,) = [t for t in threading.enumerate() if t is alarm._thread]

    alarm.close()
    thread.join(60)

    assert not thread.is_alive()
    alarm.at(time.time(), lambda: pytest.fail("it is closed"))


def test_a_call_that_fails_does_not_silence_the_next(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise OSError("no such container")

    alarm, made = Alarm(), queue.SimpleQueue[str]()
    alarm.at(0, fail)
    alarm.at(1, lambda: made.put("next"))

    assert made.get(timeout=60) == "next"
    assert "a call that was due failed" in caplog.text
    alarm.close()


def test_what_never_comes_keeps_nothing_from_coming() -> None:
    alarm, made = Alarm(), queue.SimpleQueue[str]()
    alarm.at(math.inf, lambda: made.put("never"))
    alarm.at(time.time() + 0.1, lambda: made.put("soon"))

    assert made.get(timeout=60) == "soon"
    alarm.close()
