"""Images and commands that are not there, and the reasons that are given: C70 to C73, C80."""

from __future__ import annotations

import pytest

from conformance.docker_host import DockerHost
from conformance.host import Host
from conformance.vocabulary import REFUSED, app, exits, missing, obeys, sh, traps, unpullable
from pytest_multidocker.engine.simulated.script import Script

DAEMON = "Error response from daemon: "
NOT_PULLED = f"CannotPullContainerError: {DAEMON}{REFUSED}"


@pytest.mark.agent(pull_behavior="default")
def test_c70_what_is_there_is_used_where_a_pull_fails(host: Host) -> None:
    task = host.run(app("app", unpullable(traps(TERM=9), cached=True)), app("b")).running()

    assert task.why("app").startswith(NOT_PULLED)
    task.stop().stopped()
    assert task.exit_codes() == {"app": 9, "b": 0}


@pytest.mark.agent(pull_behavior="default")
def test_c70_one_that_is_not_essential_fails_alone(host: Host) -> None:
    task = host.run(app("app", unpullable(obeys()), essential=False), app("b"))
    task.wait(("app", "STOPPED"), ("b", "RUNNING")).running()

    assert task.why("app").startswith(NOT_PULLED)
    assert task.goes_on
    assert task.is_alive("b")


@pytest.mark.agent(pull_behavior="always")
def test_c70_always_means_that_the_whole_task_stops(host: Host) -> None:
    _stops_as_a_whole(host)


@pytest.mark.agent(pull_behavior="once")
def test_c70_once_means_that_the_whole_task_stops(host: Host) -> None:
    _stops_as_a_whole(host)


def _stops_as_a_whole(host: Host) -> None:
    task = host.run(
        app("app", unpullable(obeys(), cached=True), essential=False),
        app("b", dependsOn=[{"containerName": "app", "condition": "START"}]),
    ).stopped()

    assert task.why("app").startswith(NOT_PULLED)
    assert task.of("b").reason is None
    assert task.exit_codes() == {"app": None, "b": None}
    assert not task.exists("app")


@pytest.mark.agent(pull_behavior="prefer-cached")
def test_c70_nothing_is_pulled_that_is_there(host: Host) -> None:
    task = host.run(app("app", unpullable(exits(0), cached=True))).stopped()

    assert (task.of("app").exit_code, task.of("app").reason) == (0, None)


def test_c71_an_image_that_is_not_there(host: Host) -> None:
    task = host.run(app("app", unpullable(obeys())), app("b")).stopped()

    assert task.why("app").startswith(NOT_PULLED)
    assert (task.of("app").exit_code, task.of("app").runtime_id) == (None, None)


def test_c71_a_name_that_is_no_image_s(docker: DockerHost) -> None:
    task = docker.run(app("app", image="Upper/Case")).stopped()

    assert task.why("app") == (
        f"CannotPullContainerError: {DAEMON}invalid reference format: "
        "repository name must be lowercase"
    )


def test_c72_a_command_that_is_not_there(host: Host) -> None:
    task = host.run(app("app", missing()), app("b")).stopped()

    assert task.why("app").startswith(f"CannotStartContainerError: {DAEMON}")
    assert '"/nope"' in task.why("app")
    assert task.of("app").exit_code is None
    assert task.of("app").runtime_id is not None


def test_c72_docker_shows_an_exit_code_that_is_none(docker: DockerHost) -> None:
    task = docker.run(app("app", missing())).stopped()

    assert task.inspect("app")["State"]["ExitCode"] == 127
    assert task.of("app").exit_code is None


def test_c72_one_that_is_not_essential_fails_alone(host: Host) -> None:
    task = host.run(app("app"), app("job", missing(), essential=False)).running()

    assert task.of("job").exit_code is None
    assert task.goes_on
    assert task.is_alive("app")


@pytest.mark.agent(pull_behavior="default")
def test_c73_the_first_error_sticks(host: Host) -> None:
    exceeds = sh("exec dd if=/dev/zero of=/dev/null bs=64M", Script(memory=((0.1, 64),)))
    task = host.run(app("app", unpullable(exceeds, cached=True), memory=8)).stopped()

    assert task.of("app").exit_code == 137
    assert task.why("app").startswith(NOT_PULLED)


def test_c80_a_reason_has_1024_characters_at_most(host: Host) -> None:
    program = "/" + "x" * 2000
    task = host.run(app("app", missing(program))).stopped()

    assert len(task.why("app")) == 1024
    assert task.why("app").startswith(f"CannotStartContainerError: {DAEMON}")
