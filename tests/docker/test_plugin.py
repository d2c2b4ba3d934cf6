"""The plugin as a user runs it: whole pytest runs over a small project, on real containers."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from docker import DockerClient
from support.projects import MIGRATED, RUNNING, site, write


@pytest.fixture
def project(pytester: pytest.Pytester, busybox: str) -> pytest.Pytester:
    """A folder with the three container site."""
    write(pytester.path, site(), busybox)
    return pytester


def run(project: pytest.Pytester, *args: str) -> pytest.RunResult:
    return project.runpytest_subprocess(*args, timeout=150)


def test_every_promise_is_proved(project: pytest.Pytester) -> None:
    result = run(project, "--multidocker", "-v", "-k", "not contract")

    result.assert_outcomes(passed=len(RUNNING), deselected=result.parseoutcomes()["deselected"])
    for name in RUNNING:
        assert f"Dockerrun.aws.json::{name} PASSED" in result.stdout.str()


def test_what_the_users_shell_says_of_aws_and_proxies_is_not_heeded(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(project.makefile(".cfg", "no [profile")))
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    result = run(project, "--multidocker", "-k", "links")

    assert result.parseoutcomes()["passed"] == 1


def test_destructive_items_run_alone_and_last(project: pytest.Pytester) -> None:
    result = run(project, "--multidocker", "-q", "-k", "web-stops-the-task")

    assert result.parseoutcomes()["passed"] == 1


def test_a_container_that_others_await_the_end_of_is_proved_as_far_as_it_goes(
    pytester: pytest.Pytester, busybox: str
) -> None:
    write(pytester.path, site(**MIGRATED), busybox)

    result = run(pytester, "--multidocker", "-v", "-k", "not contract and (job or api or memory)")

    about_job = [
        name for name in RUNNING if name.startswith(("isolation", "memory")) and "job" in name
    ]
    outcomes = result.parseoutcomes()
    assert (outcomes.get("failed"), outcomes.get("errors")) == (None, None)
    assert outcomes["skipped"] == len(about_job)


def test_what_cannot_be_read_is_said_in_the_report_and_ends_nothing(
    pytester: pytest.Pytester, busybox: str
) -> None:
    elsewhere = {"gelf-address": "udp://127.0.0.1:9", "cache-disabled": "true"}
    logging = {"logDriver": "gelf", "options": elsewhere}
    write(pytester.path, site(job={"logConfiguration": logging}), busybox)
    pytester.makepyfile(
        """
        import pytest
        from pytest_multidocker.errors import TaskError

        def test_own(ecs_task):
            with pytest.raises(TaskError, match="'job' cannot be asked for its log"):
                ecs_task.logs("job")
            with pytest.raises(TaskError, match="There is no container 'jab' here"):
                ecs_task.logs("jab")
            assert False

        def test_another(ecs_task):
            assert ecs_task.status == "RUNNING"
        """
    )

    result = run(pytester)

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["job | (Container 'job' cannot be asked for its log: *"])


DECLARED = "--multidocker-host-ports=declared"


def test_fresh_tasks_have_the_declared_ports_when_the_shared_one_has_gone(
    pytester: pytest.Pytester, busybox: str
) -> None:
    ports = [{"hostPort": free_port(), "containerPort": 80}]
    write(pytester.path, site(web={"portMappings": ports}), busybox)
    pytester.makepyfile(
        """
        def test_shared(ecs_task):
            assert ecs_task.status == "RUNNING"

        def test_fresh(ecs_task_factory):
            ecs_task_factory()
        """
    )

    result = run(
        pytester,
        "--multidocker",
        "-v",
        DECLARED,
        "-k",
        "not contract and (ports or essential or test_)",
    )

    outcomes = result.parseoutcomes()
    assert (outcomes["passed"], outcomes["failed"]) == (1 + 3 + 1, 1)
    result.stdout.fnmatch_lines(
        ["*Two tasks of this file cannot have the host ports * Take --multidocker-host-ports=eph*"]
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_secrets_and_environment_files_come_from_the_settings(
    pytester: pytest.Pytester, busybox: str
) -> None:
    secret = "arn:aws:secretsmanager:eu-central-1:999999999999:secret:shop/db-AbCdEf"
    parameter = "arn:aws:ssm:us-east-1:999999999999:parameter/shop/key"
    named = {"TOKEN": "token", "KEY": parameter, "USER": f"{secret}:user::"}
    job = {
        "secrets": [{"name": name, "valueFrom": value} for name, value in named.items()],
        "environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::shop/test.env"}],
    }
    role = {"executionRoleArn": "arn:aws:iam::123456789012:role/execution"}
    write(pytester.path, {**site(job=job), **role}, busybox)
    pytester.path.joinpath("shop.env").write_text("COLOUR=blue\n")
    pytester.makepyfile(
        """
        def test_own(ecs_task):
            entries = ecs_task.inspect("job")["Config"]["Env"]
            assert {"TOKEN=t0ken", "KEY=k3y", "USER=app", "COLOUR=blue"} <= set(entries)
        """
    )

    unseeded = run(pytester)
    pytester.makepyprojecttoml(
        f"""
        [tool.multidocker.secrets]
        token = "t0ken"
        "{parameter}" = "k3y"
        "{secret}" = {{ user = "app" }}
        [tool.multidocker.environment_files]
        "arn:aws:s3:::shop/test.env" = "shop.env"
        """
    )
    seeded = run(pytester)

    unseeded.assert_outcomes(errors=1)
    unseeded.stdout.fnmatch_lines(["Secrets and environment files are taken from the local AWS*"])
    seeded.assert_outcomes(passed=1)


def test_tests_use_the_fixtures(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import urllib.request
        from pytest_multidocker import expect

        def test_site(ecs_task, aws):
            expect.port_mapping(ecs_task, "web", 80)
            assert urllib.request.urlopen(ecs_task.url("web", 80) + "/busybox").status == 200
            described = aws.client("ecs").describe_tasks(
                cluster="awseb-" + aws.client("ecs").describe_clusters(
                    clusters=[ecs_task.arn.split("/")[1]])["clusters"][0]["clusterName"][6:],
                tasks=[ecs_task.arn])["tasks"][0]
            assert {c["name"]: c["lastStatus"] for c in described["containers"]} == {
                "web": "RUNNING", "api": "RUNNING", "job": "RUNNING"}
            exit_code, output = ecs_task.container("web").exec(["busybox", "hostname"])
            assert (exit_code, output) == (0, b"web\\n")

        def test_kill(ecs_task_factory):
            task = ecs_task_factory()
            task.kill("job")
            expect.stopped(task, "job", exit_code=137)
            expect.running(task, "web", "api")

        def test_stop(ecs_task_factory):
            task = ecs_task_factory()
            task.stop("enough")
            expect.task_stopped(task, reason="enough", code="UserInitiated")

        def test_shared_task_is_unharmed(ecs_task):
            expect.running(ecs_task)
            expect.linked(ecs_task, "web", "api", "backend", "api")
            expect.not_linked(ecs_task, "api", "web")
            assert expect.port_mapping(ecs_task, "web", 80) == "HTTP 404 Not Found"
            expect.memory_limit(ecs_task, "job", 16)
        """
    )

    run(project).assert_outcomes(passed=4)


def test_expectations_fail_with_what_was_seen(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from pytest_multidocker import expect

        @pytest.mark.parametrize("broken", [
            lambda t: expect.linked(t, "job", "api"),
            lambda t: expect.not_linked(t, "web", "api"),
            lambda t: expect.port_mapping(t, "web", 80, "udp"),
            lambda t: expect.memory_limit(t, "job", 128),
            lambda t: expect.stopped(t, "job", timeout=0.1),
            lambda t: expect.task_stopped(t, timeout=0.1),
            lambda t: t.kill("jobb"),
        ])
        def test_broken(ecs_task, broken):
            broken(ecs_task)
        """
    )

    result = run(project)

    result.assert_outcomes(failed=7)
    result.stdout.fnmatch_lines(
        [
            "*'job' does not reach 'api' (172.*) as 'api': *no such name. Its links are none.*",
            "*'web' knows 'api' as api, backend, ecs-*",
            "*Port 80/udp of 'web' is not published: its portMappings have 80/tcp.",
            "*the memory of 'job' is limited to 16777216 bytes, not to 128 MiB (134217728 bytes)*",
            "*'job' has not stopped within 0.1 s*",
            "*the task has not stopped within 0.1 s*",
            "*There is no container 'jobb' here, only web, api, job.",
        ]
    )


def test_a_failure_has_the_logs_of_its_own_containers_only(
    pytester: pytest.Pytester, busybox: str
) -> None:
    speak = ["busybox", "sh", "-c", "echo ready; trap exit TERM; while :; do sleep 1; done"]
    write(pytester.path, site(job={"command": speak}), busybox)
    pytester.makepyfile(
        """
        def test_shared(ecs_task):
            pass

        def test_fresh(ecs_task_factory):
            task = ecs_task_factory()
            task.kill("api")
            task.wait_container_stopped("api")
            assert False

        def test_neither():
            assert False
        """
    )

    result = pytester.runpytest_subprocess("--junitxml=report.xml", "-o", "junit_logging=all")

    result.assert_outcomes(passed=1, failed=2)
    lines = result.outlines
    sections = [line.strip(" -") for line in lines if "Captured log" in line]
    assert sections == ["Captured log multidocker task call", "Captured log container job call"]
    assert "  api STOPPED, exit code 137" in lines
    assert "\njob | ready" in pytester.path.joinpath("report.xml").read_text()


def test_a_container_that_exits_at_the_start_is_one_clear_error(
    pytester: pytest.Pytester, busybox: str
) -> None:
    crash = ["busybox", "sh", "-c", "echo no database >&2; exit 3"]
    write(pytester.path, site(web={"command": crash}), busybox)

    result = run(pytester, "--multidocker", "-k", "not contract")

    assert_one_error(result)
    said = ["  web STOPPED, exit code 3", "last log lines of web:", "    no database"]
    result.stdout.fnmatch_lines(said)


def test_a_task_that_ends_while_tests_look_at_it_is_one_clear_error(
    pytester: pytest.Pytester, busybox: str
) -> None:
    crash = ["busybox", "sh", "-c", "sleep 3; echo no database >&2; exit 3"]
    write(pytester.path, site(web={"command": crash}), busybox)
    pytester.makepyfile(
        test_until_it_ends="""
        def test_until_it_ends(ecs_task):
            assert ecs_task.wait(lambda: ecs_task.status == "STOPPED", 30)
        """
    )

    result = run(pytester, "test_until_it_ends.py", "Dockerrun.aws.json", "--multidocker")

    outcomes = result.parseoutcomes()
    assert (outcomes["errors"], outcomes.get("failed", 0)) == (1, 0)
    result.stdout.fnmatch_lines(
        [
            "*The task has stopped of itself:",
            "task STOPPED: Essential container in task exited (EssentialContainerExited)",
            "  web STOPPED, exit code 3",
            "last log lines of web:",
            "    no database",
        ]
    )


@pytest.mark.parametrize("check", ["linked", "not_linked", "port_mapping", "memory_limit"])
def test_a_container_that_ends_while_it_is_looked_at_is_told_with_its_last_words(
    check: str, pytester: pytest.Pytester, busybox: str
) -> None:
    """Docker knows of the end before ECS does: what Docker then refuses is no error of its own."""
    write(pytester.path, site(), busybox)
    pytester.makepyfile(
        f"""
        import pytest
        from pytest_multidocker import expect

        CHECKS = {{
            "linked": lambda task: expect.linked(task, "web", "api"),
            "not_linked": lambda task: expect.not_linked(task, "api", "web"),
            "port_mapping": lambda task: expect.port_mapping(task, "web", 80),
            "memory_limit": lambda task: expect.memory_limit(task, "web", 16),
        }}

        def test_it(ecs_task_factory, monkeypatch):
            task = ecs_task_factory()
            monkeypatch.setattr(expect, "_alive", late(expect._alive, task))
            with pytest.raises(AssertionError, match="'web' does not run: web STOPPED, exit"):
                CHECKS["{check}"](task)

        def late(alive, task):
            asked = []
            def check(*arguments):
                alive(*arguments)
                if not asked:
                    asked.append(True)
                    task.container("web").get_wrapped_container().kill()
            return check
        """
    )

    assert run(pytester, "-k", "test_it").ret == 0


def test_an_image_that_is_not_to_be_had_is_one_clear_error(pytester: pytest.Pytester) -> None:
    write(pytester.path, site(), "multidocker.invalid/none:1")

    result = run(pytester, "--multidocker", "-k", "not contract")

    assert_one_error(result)
    result.stdout.fnmatch_lines(["*multidocker.invalid/none:1*", "*tool.multidocker.images*"])


def test_a_taken_host_port_is_one_clear_error(pytester: pytest.Pytester, busybox: str) -> None:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        port = taken.getsockname()[1]
        mapping: dict[str, Any] = {"portMappings": [{"hostPort": port, "containerPort": 80}]}
        write(pytester.path, site(web=mapping), busybox)

        options = ("--multidocker", "-k", "not contract", "--multidocker-host-ports=declared")
        result = run(pytester, *options)

    assert_one_error(result)
    result.stdout.fnmatch_lines(["*web STOPPED, CannotStartContainerError: *"])
    assert f":{port}" in result.stdout.str()


def test_a_task_too_large_for_the_instance_is_one_clear_error(
    pytester: pytest.Pytester, busybox: str
) -> None:
    write(pytester.path, site(job={"memory": 1000}), busybox)

    result = run(pytester, "--multidocker", "-k", "not contract")

    assert_one_error(result)
    result.stdout.fnmatch_lines(["*task on a t2.micro: RESOURCE:MEMORY. It takes * MiB*"])


def test_workers_share_one_emulator(project: pytest.Pytester, docker_client: DockerClient) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("n", range(4))
        def test_run(aws, ecs_task, n):
            print("ENDPOINT", aws.endpoint_url)
        """
    )

    result = run(project, "-n2", "-rA", "--dist=each")

    result.assert_outcomes(passed=8)
    endpoints = {line for line in result.outlines if line.startswith("ENDPOINT")}
    assert len(endpoints) == 1


def assert_one_error(result: pytest.RunResult) -> None:
    outcomes = result.parseoutcomes()
    # A task that ends as soon as all of it runs may be there for the first test.
    assert outcomes.get("errors", 0) + outcomes.get("failed", 0) == 1
    assert outcomes["skipped"] == len(RUNNING) - 1
    assert "Traceback" not in result.stdout.str()
    assert "multidocker.errors" not in result.stdout.str()
