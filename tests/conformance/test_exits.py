"""What an exit of one container means for the others and for the task: C01 to C05, C14 to C18."""

from __future__ import annotations

import pytest

from conformance.host import Host
from conformance.vocabulary import app, checked, exits, obeys, traps
from pytest_multidocker.engine.simulated.script import Reaction

NEVER_HEALTHY = {"healthCheck": {"command": ["CMD", "false"], "interval": 5}}


def test_c01_exit_code(host: Host) -> None:
    task = host.run(app("app", exits(42))).stopped()

    assert task.exit_codes() == {"app": 42}
    assert task.order[-2:] == [("app", "STOPPED"), ("task", "STOPPED")]
    assert task.of("app").reason is None
    assert task.of_task().reason == ""


def test_c02_essential_by_default(host: Host) -> None:
    task = host.run(app("a", traps(USR1=3)), app("b", traps(TERM=9))).running()

    task.signal("a", "USR1").stopped()

    assert task.exit_codes() == {"a": 3, "b": 9}


def test_c03_a_non_essential_exit_changes_nothing_else(host: Host) -> None:
    task = host.run(
        app("app", traps(TERM=9)), app("job", traps(USR1=1, TERM=8), essential=False)
    ).running()

    task.signal("job", "USR1").wait(("job", "STOPPED"))

    assert task.of("job").exit_code == 1
    assert task.order[-1] == ("job", "STOPPED")
    assert task.goes_on
    assert task.is_alive("app")
    assert not task.is_alive("job")
    task.stop().stopped()
    assert task.exit_codes() == {"app": 9, "job": 1}
    assert task.order.count(("job", "RUNNING")) == 1


def test_c04_an_essential_exit_with_0_stops_the_task(host: Host) -> None:
    task = host.run(app("a", traps(USR1=0)), app("b", traps(TERM=9))).running()

    task.signal("a", "USR1").stopped()

    assert task.exit_codes() == {"a": 0, "b": 9}


def test_c05_a_task_is_stopped_after_its_last_container(host: Host) -> None:
    slow = traps(TERM=Reaction(9, after=1))
    task = host.run(app("a", traps(USR1=1)), app("b", slow)).running()

    task.signal("a", "USR1").stopped()

    assert task.order[-3:] == [("a", "STOPPED"), ("b", "STOPPED"), ("task", "STOPPED")]
    assert task.ended_at("b") - task.ended_at("a") >= 1
    assert task.of_task().at >= task.ended_at("b")


def test_c14_a_container_that_had_not_started_is_stopped_without_a_word(host: Host) -> None:
    never = checked(obeys())
    task = host.run(
        app("a", traps(USR1=1)),
        app("db", never, **NEVER_HEALTHY),
        app("web", dependsOn=[{"containerName": "db", "condition": "HEALTHY"}]),
    )
    task.wait(("a", "RUNNING"), ("db", "RUNNING")).ready("a").ready("db")

    task.signal("a", "USR1").stopped()

    web = task.of("web")
    assert (web.exit_code, web.reason, web.runtime_id) == (None, None, None)
    assert not task.exists("web")
    assert task.order.index(("web", "STOPPED")) < task.order.index(("db", "STOPPED"))


def test_c15_a_task_runs_when_all_run_or_have_finished(host: Host) -> None:
    task = host.run(
        app("init", exits(0), essential=False),
        app("main", dependsOn=[{"containerName": "init", "condition": "SUCCESS"}]),
    ).running()

    assert task.order[-3:] == [("init", "STOPPED"), ("main", "RUNNING"), ("task", "RUNNING")]
    assert not task.is_alive("init")


def test_c16_a_task_that_loses_an_essential_container_early_never_runs(host: Host) -> None:
    task = host.run(
        app("a", traps(USR1=1)),
        app("init", traps(TERM=0), essential=False),
        app("b", dependsOn=[{"containerName": "init", "condition": "COMPLETE"}]),
    )
    task.wait(("a", "RUNNING"), ("init", "RUNNING")).ready("a").ready("init")

    task.signal("a", "USR1").stopped()

    assert ("task", "RUNNING") not in task.order
    assert task.exit_codes() == {"a": 1, "init": 0, "b": None}


def test_c17_execution_stops_with_the_first_essential_container(host: Host) -> None:
    slow = traps(TERM=Reaction(0, after=0.5))
    task = host.run(
        app("a", traps(USR1=Reaction(1, after=0.2))),
        app("b", slow),
        app("job", exits(0), essential=False),
    ).running()

    task.wait(("job", "STOPPED")).signal("a", "USR1").stopped()

    stopped_at = task.of_task().execution_stopped_at
    assert stopped_at == pytest.approx(task.ended_at("a"), abs=0.05)
    assert stopped_at is not None
    assert stopped_at > task.ended_at("job")
    assert task.ended_at("b") - stopped_at >= 0.4
    began, ended = task.of_task().pull_started_at, task.of_task().pull_stopped_at
    assert began is not None
    assert ended is not None
    assert began <= ended <= stopped_at <= task.of_task().at


def test_c18_the_order_of_reports(host: Host) -> None:
    task = host.run(app("web", traps(USR1=1), links=["db"]), app("db")).running()

    task.signal("web", "USR1").stopped()

    assert task.order == [
        ("db", "RUNNING"),
        ("web", "RUNNING"),
        ("task", "RUNNING"),
        ("web", "STOPPED"),
        ("db", "STOPPED"),
        ("task", "STOPPED"),
    ]
