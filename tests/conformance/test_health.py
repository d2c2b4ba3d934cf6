"""Health checks: C41, C42."""

from __future__ import annotations

import pytest

from conformance.docker_host import DockerHost
from conformance.host import Host
from conformance.simulated_host import SimulatedHost
from conformance.vocabulary import Json, app, checked, sh, traps
from pytest_multidocker.engine.simulated.script import Script

QUICK = {"interval": 1, "timeout": 1, "retries": 1}


def check(*command: str, **timing: int) -> Json:
    return {"healthCheck": {"command": list(command), **timing}}


def test_c41_an_unhealthy_essential_container_keeps_running(host: Host) -> None:
    ill = checked(traps(TERM=9), (1, "UNHEALTHY"))
    task = host.run(app("app", ill, **check("CMD", "false", **QUICK)), app("b")).running()

    task.healthy("app", "UNHEALTHY")

    assert task.order[-2:] == [("task", "RUNNING"), ("app", "RUNNING")]
    assert task.goes_on
    assert task.is_alive("app")
    assert task.is_alive("b")
    assert task.of("b").health == "UNKNOWN"
    task.stop().stopped()
    assert task.exit_codes() == {"app": 9, "b": 0}


def test_c41_health_is_reported_as_it_changes(host: Host) -> None:
    recovers = sh(
        "touch /ok; trap 'exit 0' TERM; trap 'rm /ok' USR1; echo ready; "
        "while :; do sleep 60 & wait $!; done",
        Script(health=((1, "HEALTHY"), (5, "UNHEALTHY"))),
    )
    task = host.run(app("app", recovers, **check("CMD-SHELL", "test -e /ok", **QUICK)))

    task.healthy("app")
    task.signal("app", "USR1")
    task.healthy("app", "UNHEALTHY")


def test_c41_an_image_s_own_check_counts_for_nothing(docker: DockerHost) -> None:
    image = docker.build("HEALTHCHECK --interval=1s --retries=1 CMD false")
    task = docker.run(app("app", image=image)).running()

    task.happened("app", "health_status: unhealthy")

    assert {task.of("app").health} == {"UNKNOWN"}
    task.stop().stopped()
    assert task.of("app").health == "UNKNOWN"


def test_c42_defaults(docker: DockerHost) -> None:
    task = docker.run(app("app", **check("CMD", "true"))).running()

    assert task.inspect("app")["Config"]["Healthcheck"] == {
        "Test": ["CMD", "true"],
        "Interval": 30_000_000_000,
        "Timeout": 5_000_000_000,
        "Retries": 3,
    }


def test_c42_what_is_given(docker: DockerHost) -> None:
    timing = {"interval": 7, "timeout": 3, "retries": 2, "startPeriod": 11}
    task = docker.run(app("app", **check("CMD-SHELL", "true", **timing))).running()

    assert task.inspect("app")["Config"]["Healthcheck"] == {
        "Test": ["CMD-SHELL", "true"],
        "Interval": 7_000_000_000,
        "Timeout": 3_000_000_000,
        "Retries": 2,
        "StartPeriod": 11_000_000_000,
    }


def test_c42_the_first_check_comes_after_an_interval(simulated: SimulatedHost) -> None:
    task = simulated.run(app("app", **check("CMD", "true"))).running()

    task.healthy("app")

    assert simulated.driver.now - task.started_at("app") == pytest.approx(30)
