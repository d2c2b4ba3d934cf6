"""Where no Docker Engine answers, or by choice: the same items on the simulation, and loudly so."""

from __future__ import annotations

import pytest
from support.projects import MIGRATED, RUNNING, site, write

LIMITS = [name for name in RUNNING if "<=" in name]
NO_ENGINE = "No Docker Engine answers at unix:///nonexistent/docker.sock"
SIMULATED = "--multidocker-engine=simulated"


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    write(pytester.path, site())
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return project.runpytest("--multidocker", "-k", "not contract", "-v", *arguments)


def test_the_items_that_make_sense_are_proved_and_the_others_say_why_not(
    project: pytest.Pytester,
) -> None:
    result = run(project, "-rs")

    outcomes = result.parseoutcomes()
    assert outcomes.pop("deselected") > 0
    assert outcomes == {"passed": len(RUNNING) - len(LIMITS), "skipped": len(LIMITS)}
    for name in RUNNING:
        outcome = "SKIPPED" if name in LIMITS else "PASSED"
        assert f"Dockerrun.aws.json::{name} {outcome}" in result.stdout.str()
    result.stdout.fnmatch_lines(
        "SKIPPED * only a real Docker Engine can prove the kernel's limit of the memory of 'web'"
    )


def test_the_header_and_the_end_say_it(project: pytest.Pytester) -> None:
    result = run(project)

    result.stdout.fnmatch_lines(
        [
            f"multidocker: NO CONTAINERS, everything is simulated. {NO_ENGINE}*",
            "*= multidocker: simulated =*",
            f"No container was started. {NO_ENGINE}*multidocker engine up*",
            "Proved on the simulation only (11):",
            "  Dockerrun.aws.json::links::web->api(backend)",
            "Not proved at all (3):",
            "  Dockerrun.aws.json::memory::web<=16MiB",
            "With --multidocker-require-docker this is an error: take that for CI.",
        ]
    )


def test_who_asks_for_it_is_told_so(project: pytest.Pytester) -> None:
    result = run(project, SIMULATED)

    result.stdout.fnmatch_lines(["*everything is simulated. As --multidocker-engine asks."])
    result.stdout.no_fnmatch_line("*take that for CI*")


def test_a_run_without_it_says_nothing(project: pytest.Pytester) -> None:
    project.makepyfile("def test_own(): pass")

    result = project.runpytest()

    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*simulated*")


def test_parallel_workers_do_the_same(project: pytest.Pytester) -> None:
    result = project.runpytest("--multidocker", "-k", "not contract", "-n", "2")

    outcomes = result.parseoutcomes()
    assert (outcomes["passed"], outcomes["skipped"]) == (len(RUNNING) - len(LIMITS), len(LIMITS))
    result.stdout.fnmatch_lines(["Proved on the simulation only (11):", "Not proved at all (3):"])


def test_tests_use_the_same_fixtures(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        from pytest_multidocker import expect

        def test_shared(ecs_task):
            assert ecs_task.status == "RUNNING"
            assert ecs_task.definition_of("web").memory == 16
            expect.running(ecs_task)
            expect.linked(ecs_task, "web", "api", "backend", "api")
            expect.not_linked(ecs_task, "api", "web")
            assert expect.port_mapping(ecs_task, "web", 80) == "simulated"
            assert ecs_task.summary().startswith("task RUNNING")

        def test_kill(ecs_task_factory):
            task = ecs_task_factory()
            task.kill("job")
            expect.stopped(task, "job", exit_code=137)
            expect.running(task, "web", "api")
            task.kill("web", "SIGTERM")
            expect.task_stopped(task, code="EssentialContainerExited")
            assert {c.exit_code for c in task.containers.values()} == {0, 137}

        def test_oom(ecs_task_factory):
            task = ecs_task_factory()
            task.oom("api")
            expect.stopped(task, "api", exit_code=137, reason="OutOfMemoryError")

        def test_stop(ecs_task_factory):
            task = ecs_task_factory(own_databases=True)
            task.stop("enough")
            expect.task_stopped(task, reason="enough", code="UserInitiated")
        """
    )

    project.runpytest(SIMULATED, "-p", "no:cacheprovider").assert_outcomes(passed=4)


@pytest.mark.parametrize(
    ("call", "what"),
    [
        ("ecs_task.url('web', 80)", "what answers on port 80 of 'web'"),
        ("ecs_task.logs('web')", "what 'web' logs"),
        ("ecs_task.inspect('web')", "what Docker makes of 'web'"),
        ("ecs_task.container('web')", "what happens inside 'web'"),
        ("ecs_task.memory_limit('web')", "the kernel's limit of the memory of 'web'"),
        ("ecs_task.pause('web')", "what needs a container"),
        ("ecs_task.rds", "what a database answers"),
        ("ecs_task.elasticache", "what a cache answers"),
        ("ecs_task.probe('web').busybox()", "what a program in a container does"),
    ],
)
def test_what_only_containers_can_show_is_skipped(
    project: pytest.Pytester, call: str, what: str
) -> None:
    project.makepyfile(f"def test_own(ecs_task):\n    {call}\n    assert False")

    result = project.runpytest(SIMULATED, "-rs")

    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(
        [f"SKIPPED * test_*.py:1: only a real Docker Engine can prove {what}"]
    )


@pytest.mark.parametrize("fixture", ["aws", "rds", "elasticache"])
def test_fixtures_that_need_the_local_aws_are_skipped(
    project: pytest.Pytester, fixture: str
) -> None:
    project.makepyfile(f"def test_own({fixture}): assert False")

    result = project.runpytest(SIMULATED, "-rs")

    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED *only a real Docker Engine can prove what *"])


def test_expectations_fail_with_what_was_seen(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from pytest_multidocker import expect

        @pytest.mark.parametrize("broken", [
            lambda t: expect.linked(t, "job", "api"),
            lambda t: expect.not_linked(t, "web", "api"),
            lambda t: expect.port_mapping(t, "web", 80, "udp"),
            lambda t: expect.stopped(t, "job"),
            lambda t: expect.task_stopped(t, timeout=5),
            lambda t: t.kill("jobb"),
        ])
        def test_broken(ecs_task, broken):
            broken(ecs_task)
        """
    )

    result = project.runpytest(SIMULATED)

    result.assert_outcomes(failed=6)
    result.stdout.fnmatch_lines(
        [
            "*'job' does not reach 'api' (172.*) as 'api': it knows no such name.*",
            "*'web' knows 'api' as api, backend, ecs-*",
            "*Port 80/udp of 'web' is not published: its portMappings have 80/tcp.",
            "*'job' has not stopped within 60 s*",
            "*the task has not stopped within 5 s*",
            "*There is no container 'jobb' here, only web, api, job.",
            "*- Captured log multidocker task call -*",
        ]
    )


def test_a_task_that_does_not_come_to_run_is_one_error(pytester: pytest.Pytester) -> None:
    write(pytester.path, site(web={"memory": 2048}))

    result = run(pytester, SIMULATED)

    assert result.parseoutcomes()["errors"] == 1
    result.stdout.fnmatch_lines(["*task on a t2.micro: RESOURCE:MEMORY. It takes 2080 MiB*"])


def test_a_container_that_others_await_the_end_of_has_ended(pytester: pytest.Pytester) -> None:
    write(pytester.path, site(**MIGRATED))

    result = run(pytester, SIMULATED, "-rs")

    about_job = [name for name in RUNNING if name.startswith("isolation") and "job" in name]
    skipped = len(LIMITS) + len(about_job)
    outcomes = result.parseoutcomes()
    assert (outcomes["passed"], outcomes["skipped"]) == (len(RUNNING) - skipped, skipped)
    assert "Dockerrun.aws.json::essential::job-stops-alone PASSED" in result.stdout.str()
    result.stdout.fnmatch_lines("SKIPPED * 'job' has done its work and ended with exit code 0")


@pytest.mark.parametrize(
    ("method", "outcome"), [("end_test", {"passed": 1, "errors": 1}), ("close", {"passed": 1})]
)
def test_what_cannot_be_cleaned_up_fails_the_run_and_does_not_break_it(
    project: pytest.Pytester, method: str, outcome: dict[str, int]
) -> None:
    project.makepyfile("def test_own(ecs_task): pass")
    project.makeconftest(
        f"""
        from pytest_multidocker.errors import StackError
        from pytest_multidocker.stack.stack import Stack

        def fail(self):
            raise StackError("the engine has gone")

        Stack.{method} = fail
        """
    )

    result = project.runpytest_subprocess(SIMULATED)

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert result.parseoutcomes() == outcome
    result.stdout.fnmatch_lines(["*the engine has gone"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_two_containers_on_one_port(pytester: pytest.Pytester) -> None:
    ports = [{"hostPort": 8080, "containerPort": 80}]
    write(pytester.path, site(api={"portMappings": ports}))

    result = pytester.runpytest("--multidocker", SIMULATED, "--multidocker-host-ports=declared")

    assert result.ret != 0
    result.stdout.fnmatch_lines(["*mapped multiple times*"])


class TestChoosing:
    def test_option_before_environment_before_ini_before_pyproject(
        self, project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project.makepyprojecttoml('[tool.multidocker]\nengine = "simulated"\n')
        run(project).stdout.fnmatch_lines(["*As engine in pyproject.toml asks."])
        project.makeini("[pytest]\nmultidocker_engine = simulated\n")
        run(project).stdout.fnmatch_lines(["*As ini multidocker_engine asks."])
        monkeypatch.setenv("MULTIDOCKER_ENGINE", "simulated")
        run(project).stdout.fnmatch_lines(["*As MULTIDOCKER_ENGINE asks."])
        result = run(project, "--multidocker-engine=docker")
        result.stdout.fnmatch_lines([f"*{NO_ENGINE}*"])

    @pytest.mark.parametrize("place", ["option", "environment", "ini", "pyproject"])
    def test_docker_can_be_required(
        self, project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, place: str
    ) -> None:
        if place == "environment":
            monkeypatch.setenv("MULTIDOCKER_REQUIRE_DOCKER", "1")
        if place == "ini":
            project.makeini("[pytest]\nmultidocker_require_docker = true\n")
        if place == "pyproject":
            project.makepyprojecttoml("[tool.multidocker]\nrequire_docker = true\n")
        result = run(project, *(["--multidocker-require-docker"] if place == "option" else []))

        assert result.parseoutcomes()["errors"] == 1
        assert "passed" not in result.parseoutcomes()
        result.stdout.no_fnmatch_line("*simulated*")

    def test_the_environment_can_take_it_back(
        self, project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project.makepyprojecttoml("[tool.multidocker]\nrequire_docker = true\n")
        monkeypatch.setenv("MULTIDOCKER_REQUIRE_DOCKER", "0")

        assert "errors" not in run(project).parseoutcomes()

    def test_one_cannot_have_both(self, project: pytest.Pytester) -> None:
        result = run(project, SIMULATED, "--multidocker-require-docker")

        assert result.ret is pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(
            "ERROR: --multidocker-engine asks for a simulation, and "
            "--multidocker-require-docker requires Docker."
        )

    def test_an_engine_that_does_not_exist(
        self, project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MULTIDOCKER_ENGINE", "podman")

        result = run(project)

        assert result.ret is pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(
            ["ERROR: MULTIDOCKER_ENGINE: 'podman' is neither of auto, docker, simulated."]
        )


def test_nothing_of_docker_is_loaded(project: pytest.Pytester) -> None:
    heavy = {"docker", "boto3", "botocore", "moto", "testcontainers", "flask"}
    project.makepyfile(
        f"""
        import sys
        from pytest_multidocker import expect

        def test_own(ecs_task, ecs_task_factory):
            ecs_task_factory().kill("job")
            expect.linked(ecs_task, "web", "api")
            assert not {heavy!r} & set(sys.modules)
        """
    )

    result = project.runpytest_subprocess(SIMULATED, "-p", "no:cacheprovider")

    result.assert_outcomes(passed=1)


class TestTracebacks:
    TESTS = """
        from pytest_multidocker import expect

        def helper(task):
            expect.linked(task, "job", "api")

        def test_expectation(ecs_task):
            helper(ecs_task)

        def test_task(ecs_task):
            ecs_task.kill("jobb")

        def test_ended(ecs_task_factory):
            task = ecs_task_factory()
            task.kill("job")
            expect.stopped(task, "job")
            expect.linked(task, "job", "api")

        def test_callback(ecs_task):
            def broken():
                assert 1 == 2
            ecs_task.wait(broken, 1)
        """

    def test_a_failure_is_shown_at_the_line_of_the_test(self, project: pytest.Pytester) -> None:
        project.makepyfile(self.TESTS)

        result = project.runpytest(SIMULATED)

        result.assert_outcomes(failed=4)
        result.stdout.fnmatch_lines(
            [
                ">       expect.linked(task, *job*, *api*)",
                "E       AssertionError: 'job' does not reach 'api' *",
                ">       ecs_task.kill(*jobb*)",
                "E       *TaskError: There is no container 'jobb' *",
                ">       expect.linked(task, *job*, *api*)",
                "E       AssertionError: 'job' does not run: *",
                ">*assert 1 == 2",
            ]
        )
        for hidden in ("*expect.py:*", "*contextlib.py:*", "*direct cause*"):
            result.stdout.no_fnmatch_line(hidden)

    def test_it_is_whole_on_request(self, project: pytest.Pytester) -> None:
        project.makepyfile(self.TESTS)

        result = project.runpytest(SIMULATED, "--full-trace", "-k", "expectation")

        result.stdout.fnmatch_lines(["*expect.py:*: AssertionError"])


def test_a_failure_has_the_tasks_of_its_own_dockerrun_file_only(project: pytest.Pytester) -> None:
    other = site()
    other["containerDefinitions"] = other["containerDefinitions"][2:]
    other["containerDefinitions"][0] |= {"essential": True, "name": "alone"}
    write(project.mkdir("other"), other)
    project.makepyfile("def test_own(ecs_task): assert False\ndef test_none(): assert False")

    result = project.runpytest("--multidocker", SIMULATED, "-k", "links or own or none or alone")

    assert result.parseoutcomes()["failed"] == 2
    assert result.stdout.str().count("Captured log multidocker task call") == 1
    result.stdout.fnmatch_lines(["  web RUNNING"])
    result.stdout.no_fnmatch_line("  alone RUNNING")
