"""The story of a task: who does what, when, and why."""

from __future__ import annotations

from typing import Any

import pytest
from support.simulation import story

from pytest_multidocker.ecs.timeline import waiting

CHECK = {"command": ["CMD", "true"], "interval": 5}


def told(*containers: dict[str, Any], **faults: Any) -> list[tuple[str, str, str]]:
    return [(e.who, e.what, e.detail) for e in story(*containers, **faults).entries]


def test_who_starts_after_whom() -> None:
    entries = told(
        {"name": "web", "links": ["api", "db"], "portMappings": [{"containerPort": 80}]},
        {"name": "api", "dependsOn": [{"containerName": "init", "condition": "SUCCESS"}]},
        {"name": "db", "healthCheck": CHECK},
        {"name": "init", "essential": False, "script": {"exit_after": 1}},
        {
            "name": "late",
            "volumesFrom": [{"sourceContainer": "db"}],
            "dependsOn": [
                {"containerName": "db", "condition": "HEALTHY"},
                {"containerName": "init", "condition": "START"},
            ],
        },
    )

    pulls = {who: detail for who, what, detail in entries if what == "PULLING"}
    assert pulls == {
        "db": "",
        "init": "",
        "api": "now that init has exited with 0",
        "web": "now that api and db run",
        "late": "now that db is healthy, init has run and exited and db exists",
    }
    assert ("db", "HEALTHY", "") in entries
    assert ("web", "RUNNING", "port 32768->80/tcp") in entries
    assert ("init", "STOPPED", "exit code 0") in entries
    assert entries[-1] == ("task", "RUNNING", "")


def test_a_range_of_ports() -> None:
    entries = told({"name": "web", "portMappings": [{"containerPortRange": "9000-9002"}]})

    assert ("web", "RUNNING", "port 32768-32770->9000-9002/tcp") in entries


def test_a_container_that_is_started_again() -> None:
    entries = told(
        {
            "name": "web",
            "portMappings": [{"containerPort": 80, "hostPort": 80}],
            "restartPolicy": {"enabled": True, "restartAttemptPeriod": 60},
            "script": {"exit_after": 65, "exit_code": 4},
        },
        until=100,
    )

    assert entries[-3:] == [
        ("task", "RUNNING", ""),
        ("web", "RESTARTING", "exit code 4: its restart policy starts it again"),
        ("web", "RUNNING", "port 80->80/tcp"),
    ]


def test_who_stops_whom() -> None:
    entries = told(
        {"name": "web", "links": ["api"], "essential": False},
        {"name": "api", "links": ["db"], "essential": False, "stopTimeout": 3},
        {"name": "db", "essential": False},
        {"name": "side"},
        at=20,
        kill="side",
    )

    why = "side is essential and has ended"
    assert entries[entries.index(("task", "RUNNING", "")) + 1 :] == [
        ("side", "SIGNAL", "SIGKILL is sent to it"),
        ("side", "STOPPED", "exit code 137"),
        ("web", "STOPPING", f"SIGTERM, and SIGKILL after 30 s: {why}"),
        ("web", "STOPPED", "exit code 0"),
        ("api", "STOPPING", f"SIGTERM, and SIGKILL after 3 s: {why}; after web"),
        ("api", "STOPPED", "exit code 0"),
        ("db", "STOPPING", f"SIGTERM, and SIGKILL after 30 s: {why}; after api"),
        ("db", "STOPPED", "exit code 0"),
        ("task", "STOPPED", ""),
    ]


def test_a_container_that_goes_down_with_its_target_is_not_told_twice() -> None:
    entries = told({"name": "web", "links": ["db"]}, {"name": "db"}, at=20, kill="web")

    why = "SIGTERM, and SIGKILL after 30 s: web is essential and has ended"
    assert ("db", "STOPPING", why) in entries


def test_a_task_that_is_asked_to_stop() -> None:
    entries = told({"name": "a"}, {"name": "b"}, at=5, stop=True)

    why = "SIGTERM, and SIGKILL after 30 s: the task is asked to stop"
    assert ("a", "STOPPING", why) in entries
    assert ("b", "STOPPING", why) in entries


def test_who_never_starts() -> None:
    entries = told(
        {"name": "web", "links": ["db"]},
        {"name": "slow", "script": {"pull_delay": 60}},
        {"name": "db", "essential": False, "script": {"start_error": "no such program"}},
    )

    assert entries[3:] == [
        ("db", "STOPPED", "CannotStartContainerError: Error response from daemon: no such program"),
        (
            "web",
            "STOPPED",
            (
                "exit code 143, CannotStartContainerError: dependency graph: failed to resolve "
                "container ordering dependency [db(app:1) (CREATED->STOPPED)] for target "
                "[web(app:1) (NONE->RUNNING)] because dependency will never start"
            ),
        ),
        ("slow", "STOPPED", "never started: web is essential and cannot start"),
        ("task", "STOPPED", ""),
    ]


def test_a_pull_that_fails_and_does_not_matter() -> None:
    entries = told({"name": "app", "script": {"pull_error": "no route", "cached": True}})

    reason = "CannotPullContainerError: Error response from daemon: no route"
    assert ("app", "FAILED", reason) in entries
    assert entries[-1] == ("task", "RUNNING", "")


def test_a_container_that_only_others_need_is_unhealthy() -> None:
    entries = told({"name": "app", "healthCheck": CHECK, "script": {"health": ((3, "UNHEALTHY"),)}})

    assert entries[-1] == ("app", "UNHEALTHY", "the agent stops nothing for it")


def test_a_fault_that_is_not_possible() -> None:
    told_of = story({"name": "app", "script": {"exit_after": 1}}, at=20, oom="app").entries[-1]

    assert (told_of.who, told_of.what) == ("app", "NO FAULT")
    assert told_of.detail.endswith("is not running")


def test_a_task_that_the_agent_refuses() -> None:
    entries = told({"name": "a", "links": ["b"]}, {"name": "b", "links": ["a"]})

    (entry,) = entries
    assert entry[:2] == ("task", "STOPPED")
    assert entry[2].startswith("Task dependencies cannot be resolved")


def test_who_waits_for_ever() -> None:
    told_of = story(
        {"name": "app", "healthCheck": CHECK, "script": {"health": ()}},
        {"name": "late", "dependsOn": [{"containerName": "app", "condition": "HEALTHY"}]},
    )

    assert waiting(told_of.state) == ["late waits until app is healthy"]


@pytest.mark.parametrize("faults", [{"kill": "app"}, {"oom": "app"}])
def test_times_are_those_of_the_clock(faults: dict[str, Any]) -> None:
    told_of = story({"name": "app"}, at=20, **faults)

    assert [round(entry.at, 1) for entry in told_of.entries] == [0, 1.1, 1.4, 1.4, 20, 20, 20]
