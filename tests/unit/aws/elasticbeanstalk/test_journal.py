from __future__ import annotations

import itertools
import threading
from datetime import timedelta, timezone
from typing import Any

from pytest_multidocker.aws.elasticbeanstalk.journal import EventRecord, Journal


def journal(*events: tuple[str, str, str], **fields: Any) -> Journal:
    """A journal with events of (message, severity, environment)."""
    made = Journal(lambda _event: None)
    for message, severity, environment in events:
        made.write(message, severity, "app", environment=environment, **fields)
    return made


def found(made: Journal, **query: Any) -> list[str]:
    return [event.message for event in made.select(query)[0]]


MIXED = (("a", "INFO", "one"), ("b", "WARN", "two"), ("c", "ERROR", "one"))


def test_the_newest_event_comes_first_with_what_is_known_of_it() -> None:
    made = journal(*MIXED, environment_id="e-1", request_id="r")
    assert found(made) == ["c", "b", "a"]
    described = made.select({})[0][0].describe()
    assert described.pop("EventDate").tzinfo is timezone.utc
    assert described == {
        "Message": "c",
        "Severity": "ERROR",
        "ApplicationName": "app",
        "EnvironmentName": "one",
        "RequestId": "r",
    }


def test_events_are_chosen_by_what_they_are_about() -> None:
    made = journal(*MIXED)
    made.write("d", "INFO", "other", version="v1", request_id="r-2", environment_id="e-9")
    assert found(made, ApplicationName="app", EnvironmentName="one") == ["c", "a"]
    assert found(made, VersionLabel="v1") == ["d"]
    assert found(made, RequestId="r-2") == ["d"]
    assert found(made, EnvironmentId="e-9") == ["d"]
    assert found(made, EnvironmentName="three") == []


def test_a_severity_means_at_least_that() -> None:
    made = journal(*MIXED)
    assert found(made, Severity="WARN") == ["c", "b"]
    assert found(made, Severity="FATAL") == []
    assert found(made, Severity="TRACE") == ["c", "b", "a"]


def test_no_two_events_have_the_same_millisecond() -> None:
    # The EB CLI asks for what came a millisecond after the last event that it has seen.
    made = journal(*[(str(n), "INFO", "e") for n in range(50)])
    dates = [event.date for event in reversed(made.select({})[0])]
    assert all(b - a >= timedelta(milliseconds=1) for a, b in itertools.pairwise(dates))
    assert all(date.microsecond % 1000 == 0 for date in dates)


def test_times_bound_from_both_sides() -> None:
    made = journal(*MIXED)
    dates = [event.date for event in made.select({})[0]]
    assert found(made, StartTime=dates[1]) == ["c", "b"]
    assert found(made, EndTime=dates[1]) == ["a"]
    assert found(made, StartTime=dates[1].isoformat().replace("+00:00", "Z")) == ["c", "b"]
    assert found(made, StartTime=dates[1].replace(tzinfo=None).isoformat()) == ["c", "b"]


def test_long_lists_come_in_pages() -> None:
    made = journal(*[(str(n), "INFO", "e") for n in range(5)])
    page, token = made.select({"MaxRecords": 2})
    assert [event.message for event in page] == ["4", "3"]
    page, token = made.select({"MaxRecords": 2, "NextToken": token})
    assert [event.message for event in page] == ["2", "1"]
    page, token = made.select({"MaxRecords": 2, "NextToken": token})
    assert ([event.message for event in page], token) == (["0"], None)


def test_whoever_publishes_is_told_of_each_event_whatever_thread_writes() -> None:
    told: list[EventRecord] = []
    made = Journal(told.append)

    def write() -> None:
        for _ in range(50):
            made.write("x", "INFO", "a")

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == len(made.select({})[0]) == 200
    assert len({event.date for event in told}) == 200
