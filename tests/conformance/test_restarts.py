"""Restart policies: C74."""

from __future__ import annotations

from conformance.docker_host import DockerHost
from conformance.host import Host
from conformance.simulated_host import SimulatedHost
from conformance.vocabulary import Json, app, sh, traps
from pytest_multidocker.engine.simulated.script import Reaction


def policy(*, enabled: bool = True, period: int = 0, ignored: tuple[int, ...] = ()) -> Json:
    return {
        "restartPolicy": {
            "enabled": enabled,
            "restartAttemptPeriod": period,
            "ignoredExitCodes": list(ignored),
        }
    }


def test_c74_the_same_container_is_started_again_without_a_word(host: Host) -> None:
    task = host.run(app("app", traps(USR1=1, TERM=0), **policy()), app("b")).running()
    before, container = task.order, task.of("app").runtime_id

    for times in (2, 3):
        task.signal("app", "USR1").started("app", times)
    assert task.order == before
    assert task.goes_on
    assert task.is_alive("b")

    task.stop().stopped()
    assert task.exit_codes() == {"app": 0, "b": 0}
    assert task.of("app").runtime_id == container
    assert not task.is_alive("app")


def test_c74_success_is_no_reason_to_stay_away(host: Host) -> None:
    task = host.run(app("app", traps(USR1=0, TERM=0), **policy())).running()

    task.signal("app", "USR1").started("app", 2)

    assert task.is_alive("app")
    assert ("app", "STOPPED") not in task.order


def test_c74_ignored_exit_codes(host: Host) -> None:
    task = host.run(
        app("app", traps(USR1=3, USR2=4, TERM=0), **policy(ignored=(3, 5))), app("b")
    ).running()

    task.signal("app", "USR2").started("app", 2)
    task.signal("app", "USR1").stopped()

    assert task.exit_codes() == {"app": 3, "b": 0}


def test_c74_too_soon_after_the_start(host: Host) -> None:
    task = host.run(app("app", traps(USR1=1), **policy(period=60)), app("b")).running()

    task.signal("app", "USR1").stopped()

    assert task.exit_codes() == {"app": 1, "b": 0}


def test_c74_the_period_counts_from_the_last_restart(simulated: SimulatedHost) -> None:
    late = Reaction(1, after=2)
    task = simulated.run(app("app", traps(USR1=late, USR2=2), **policy(period=2))).running()

    task.signal("app", "USR1").started("app", 2)
    task.signal("app", "USR2").stopped()

    assert task.exit_codes() == {"app": 2}


def test_c74_nor_does_docker_s_container_run_a_third_time(docker: DockerHost) -> None:
    twice = sh("[ -e /again ] && exit 2; touch /again; sleep 2; exit 1")
    task = docker.run(app("app", twice, **policy(period=2))).stopped()

    assert task.exit_codes() == {"app": 2}
    task.happened("app", "start", times=2)


def test_c74_a_policy_that_is_not_enabled(host: Host) -> None:
    task = host.run(app("app", traps(USR1=1), **policy(enabled=False))).running()

    task.signal("app", "USR1").stopped()

    assert task.exit_codes() == {"app": 1}


def test_c74_nothing_is_started_again_in_a_task_that_stops(host: Host) -> None:
    task = host.run(
        app("app", traps(TERM=1), **policy(period=0)), app("b", traps(USR1=5))
    ).running()

    task.signal("b", "USR1").stopped()

    assert task.exit_codes() == {"app": 1, "b": 5}
    assert not task.is_alive("app")
