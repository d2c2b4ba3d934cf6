from __future__ import annotations

import threading

import pytest

from pytest_multidocker.aws.events import EventLog


def test_events_are_numbered_from_one_and_keep_their_data() -> None:
    log = EventLog()
    log.publish("task.running", task="t1")
    event = log.publish("task.stopped", task="t1", reason="Essential container in task exited")
    assert event.as_dict() == {
        "seq": 2,
        "time": event.time,
        "kind": "task.stopped",
        "task": "t1",
        "reason": "Essential container in task exited",
    }


@pytest.mark.parametrize(
    ("since", "expected"), [(0, [1, 2, 3]), (1, [2, 3]), (3, []), (99, []), (-5, [1, 2, 3])]
)
def test_since_gives_what_came_later(since: int, expected: list[int]) -> None:
    log = EventLog()
    for kind in "abc":
        log.publish(kind)
    assert [event.seq for event in log.since(since)] == expected


def test_a_full_log_forgets_the_oldest() -> None:
    log = EventLog(capacity=2)
    for kind in "abcd":
        log.publish(kind)
    assert [(event.seq, event.kind) for event in log.since(0)] == [(3, "c"), (4, "d")]
    assert [event.seq for event in log.since(3)] == [4]


def test_a_follower_sees_old_and_new_events_until_the_log_is_closed() -> None:
    log = EventLog()
    log.publish("old")
    seen: list[str] = []
    has_old = threading.Event()

    def follow() -> None:
        for event in log.follow(0, heartbeat=30):
            assert event is not None
            seen.append(event.kind)
            has_old.set()

    follower = threading.Thread(target=follow)
    follower.start()
    assert has_old.wait(60)
    log.publish("new")
    log.publish("shutdown")
    log.close()
    follower.join(60)
    assert not follower.is_alive()
    assert seen == ["old", "new", "shutdown"]


def test_a_follower_of_a_silent_log_gets_heartbeats() -> None:
    assert next(EventLog().follow(0, heartbeat=0.01)) is None


def test_what_is_published_before_closing_is_still_given() -> None:
    log = EventLog()
    log.publish("shutdown")
    log.close()
    assert [event and event.kind for event in log.follow()] == ["shutdown"]
