"""``multidocker simulate``: the story of a task as a user sees it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.projects import site, write

from pytest_multidocker.cli import main

HEAVY = {
    "docker", "moto", "boto3", "botocore", "testcontainers", "pytest", "_pytest", "flask",
    "requests", "subprocess", "asyncio",
}  # fmt: skip


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path, site())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def simulate(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = main(["simulate", *arguments])
    return status, capsys.readouterr().out


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    status, output = simulate(capsys, "--format", "json", *arguments)
    return status, json.loads(output)


def test_a_healthy_start(capsys: pytest.CaptureFixture[str]) -> None:
    status, output = simulate(capsys)

    assert status == 0
    assert output == (
        "0.0 s  api   PULLING\n"
        "0.0 s  job   PULLING\n"
        "1.1 s  api   CREATED\n"
        "1.1 s  job   CREATED\n"
        "1.4 s  api   RUNNING\n"
        "1.4 s  web   PULLING  now that api runs\n"
        "1.4 s  job   RUNNING\n"
        "2.5 s  web   CREATED\n"
        "2.8 s  web   RUNNING  port 8080->80/tcp\n"
        "2.8 s  task  RUNNING\n"
        "\n"
        "After 2.8 s ECS shows: task RUNNING\n"
        "  web RUNNING\n"
        "  api RUNNING\n"
        "  job RUNNING\n"
        "  Nothing more would happen.\n"
    )


def test_an_essential_container_takes_all_down(capsys: pytest.CaptureFixture[str]) -> None:
    status, output = simulate(capsys, "--kill", "web@20")

    assert status == 1
    lines = output.splitlines()
    assert lines[10:12] == [
        "20.0 s  web   SIGNAL    SIGKILL is sent to it",
        "20.0 s  web   STOPPED   exit code 137",
    ]
    assert "task STOPPED: Essential container in task exited (EssentialContainerExited)" in output
    assert lines[-1] == (
        "Elastic Beanstalk would say: ECS task stopped due to: Essential container in task exited. "
        r"(web: \napi: \njob: )"
    )


def test_another_goes_alone(capsys: pytest.CaptureFixture[str]) -> None:
    status, found = as_json(capsys, "--oom", "job@20.5", "--kill", "api:TERM@30")

    containers = {c["name"]: c for c in found["task"]["containers"]}
    assert status == 0
    assert found["task"]["lastStatus"] == "RUNNING"
    assert containers["job"]["exitCode"] == 137
    assert containers["job"]["reason"] == ("OutOfMemoryError: Container killed due to memory usage")
    assert containers["api"]["exitCode"] == 0
    assert containers["web"]["networkBindings"] == [
        {"bindIP": "0.0.0.0", "containerPort": 80, "hostPort": 8080, "protocol": "tcp"}
    ]
    assert {"at": 20.5, "who": "job", "what": "STOPPED", "detail": (
        "exit code 137, OutOfMemoryError: Container killed due to memory usage"
    )} in found["timeline"]  # fmt: skip
    assert found["elasticBeanstalk"] is None


def test_stopping_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    status, found = as_json(capsys, "--stop", "10")

    assert status == 0
    assert found["task"]["stopCode"] == "UserInitiated"
    assert found["elasticBeanstalk"].startswith("ECS task stopped due to: Task stopped by user. (")


def test_one_that_dies_before_it_is_stopped_is(capsys: pytest.CaptureFixture[str]) -> None:
    status, found = as_json(capsys, "--stop", "10", "--kill", "web@9")

    assert status == 1
    assert found["task"]["stopCode"] == "EssentialContainerExited"


def test_a_script(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "s.toml").write_text("[containers.api]\nexit_after = 0\nexit_code = 3\n")
    status, found = as_json(capsys, "--script", "s.toml")

    web = next(c for c in found["task"]["containers"] if c["name"] == "web")
    assert status == 1
    assert found["task"]["stopCode"] == "TaskFailedToStart"
    assert "Cannot link to a non running container" in web["reason"]
    assert web["exitCode"] is None


def test_one_that_waits_for_ever(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check = {"command": ["CMD", "true"]}
    waits = [{"containerName": "api", "condition": "HEALTHY"}]
    write(project, site(api={"healthCheck": check}, job={"dependsOn": waits}))
    (project / "s.toml").write_text('[containers.api]\nhealth = "UNHEALTHY"\n')
    status, output = simulate(capsys, "--script", "s.toml")

    assert status == 1
    assert "ECS shows: task PENDING" in output
    assert "  job waits until api is healthy\n" in output


@pytest.mark.parametrize("fault", ["job@1", "job@3.5"])
def test_a_fault_that_hits_nothing_proves_nothing(
    project: Path, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "s.toml").write_text("[containers.job]\nexit_after = 2\n")

    assert main(["simulate", "--script", "s.toml", "--kill", fault]) == 2

    told = capsys.readouterr()
    assert "job   NO FAULT  Container 'job' cannot be killed: it is not running\n" in told.out
    assert told.err == (
        "error: nothing is proved by a fault without effect: "
        "Container 'job' cannot be killed: it is not running\n"
    )


@pytest.mark.parametrize("fault", ["--kill=job@90", "--oom=job@90", "--stop=90"])
def test_a_fault_after_the_end_is_refused(fault: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--until", "60", fault]) == 2
    assert capsys.readouterr().err == ("error: nobody looks at second 90: say --until 90\n")


def test_it_looks_no_further_than_asked(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "s.toml").write_text("[containers.web]\nexit_after = 7200\n")

    assert simulate(capsys, "--script", "s.toml")[0] == 0
    assert "--until SECONDS looks further" in simulate(capsys, "--script", "s.toml")[1]
    assert simulate(capsys, "--script", "s.toml", "--until", "8000")[0] == 1


def test_what_a_dead_container_would_have_done_is_no_matter(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "s.toml").write_text("[containers.web]\nexit_after = 7200\n")
    _, output = simulate(capsys, "--script", "s.toml", "--kill", "web@20")

    assert "After 20 s ECS shows: task STOPPED" in output
    assert "More would happen" not in output


def test_the_contract_comes_first(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, site(web={"links": ["ap"]}))
    status, output = simulate(capsys)

    assert status == 1
    main(["check", "--severity", "error"])
    assert output.strip() in capsys.readouterr().out
    assert "MD201 web links to 'ap', which no container is named" in output


def test_settings_leave_rules_out_and_give_the_stop_timeout(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project, site(web={"links": ["ap"]}, api={"stopTimeout": None}))
    settings = '[tool.multidocker]\nstop_timeout = 7\nignore = ["MD201"]\n'
    (project / "pyproject.toml").write_text(settings)
    status, output = simulate(capsys)

    assert status == 1
    assert "could not find container for link ap" in output
    assert "(TaskFailedToStart)" in output


def test_a_task_that_does_not_fit(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, site(web={"memory": 2048}))

    assert main(["simulate"]) == 2
    assert capsys.readouterr().err == (
        "error: ECS cannot place the task on a t2.micro: RESOURCE:MEMORY. It takes 2080 MiB and 0 "
        "CPU units, of 983 MiB and 1024 there. Another type is instance_type in "
        "[tool.multidocker].\n"
    )


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--kill", "we@3"], "error: --kill: there is no container we; did you mean web?"),
        (["--oom", "x@3"], "error: --oom: there is no container x; the file has web, api, job"),
        (["--kill", "web"], "argument --kill: 'web' is not of the form NAME@SECONDS"),
        (["--kill", "web@soon"], "argument --kill: 'soon' is no number of seconds"),
        (["--kill", "web:FOO@3"], "argument --kill: there is no signal FOO"),
        (["--until", "-3"], "argument --until: '-3' is no number of seconds"),
        (["--script", "nope.toml"], "error: nope.toml cannot be read"),
        (["nope"], "error: "),
    ],
)
def test_mistakes(capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str) -> None:
    assert main(["simulate", *arguments]) == 2
    assert complaint in capsys.readouterr().err


def test_several_files_are_too_many(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("b", "c", "d"):
        (project / name).mkdir()
        write(project / name, site())

    assert main(["simulate"]) == 2
    assert capsys.readouterr().err == (
        "error: there are several files: name one of Dockerrun.aws.json, b/Dockerrun.aws.json, "
        "c/Dockerrun.aws.json and 1 more\n"
    )


def test_another_version_has_nothing_to_run(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(
        project,
        {"AWSEBDockerrunVersion": "1", "Image": {"Name": "a:1"}, "Ports": [{"ContainerPort": 80}]},
    )

    assert main(["simulate"]) == 2
    assert "is not of version 2" in capsys.readouterr().err


def test_it_needs_neither_docker_nor_aws(project: Path) -> None:
    code = (
        "import sys; from pytest_multidocker.cli import main; "
        "main(['simulate', '--kill', 'web@20']); print(*sys.modules)"
    )
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=project
    ).stdout

    assert "task STOPPED" in output
    assert not HEAVY & set(output.splitlines()[-1].split())
