"""Images and commands that are not there, and the reasons that are given: C70 to C73, C80."""

from __future__ import annotations

from conformance.docker_host import DockerHost
from conformance.host import Host
from conformance.vocabulary import Behaviour, app, missing, obeys, unpullable

NOBODY = 'Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused'
DAEMON = "Error response from daemon: "


def nowhere(behaviour: Behaviour | None = None) -> Behaviour:
    return unpullable(behaviour or obeys(), NOBODY)


def test_c71_an_image_that_is_not_there(host: Host) -> None:
    task = host.run(app("app", nowhere(), image="127.0.0.1:1/nothing:1"), app("b")).stopped()

    assert task.why("app").startswith(f"CannotPullContainerError: {DAEMON}{NOBODY}")
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
    assert task.is_alive("app")


def test_c80_a_reason_has_1024_characters_at_most(host: Host) -> None:
    program = "/" + "x" * 2000
    task = host.run(app("app", missing(program))).stopped()

    assert len(task.why("app")) == 1024
    assert task.why("app").startswith(f"CannotStartContainerError: {DAEMON}")
