"""What waits for what, and what becomes of a wait in vain: C29 to C40."""

from __future__ import annotations

import pytest

from conformance.docker_host import DockerHost
from conformance.host import Host
from conformance.vocabulary import (
    App,
    Json,
    app,
    checked,
    exits,
    ignores,
    missing,
    obeys,
    sh,
    traps,
)
from pytest_multidocker.engine.simulated.script import Script

QUICK_CHECK = {"interval": 1, "timeout": 1, "retries": 1}


def after(condition: str, *names: str) -> Json:
    return {"dependsOn": [{"containerName": name, "condition": condition} for name in names]}


def refused(host: Host, *apps: App) -> str:
    """Run a task that is refused before anything of it is created; return the reason."""
    task = host.run(*apps).stopped()

    assert task.order == [("task", "STOPPED")]
    assert not any(task.exists(container.name) for container in apps)
    return task.of_task().reason


def test_c29_a_linking_container_is_created_when_its_target_runs(host: Host) -> None:
    task = host.run(
        app("web", links=["api", "db:store"]), app("api", links=["db"]), app("db")
    ).running()

    assert task.created_at("web") >= task.started_at("api")
    assert task.created_at("api") >= task.started_at("db")
    assert [who for who, _ in task.order] == ["db", "api", "web", "task"]


def test_c30_a_link_to_nobody(host: Host) -> None:
    reason = refused(host, app("web", links=["nope"]), app("db"))

    assert reason.startswith("resource cannot be initialized for task ")
    assert reason.endswith(": could not find container for link nope")


def test_c31_a_link_of_three_parts(host: Host) -> None:
    reason = refused(host, app("web", links=["db:b:c"]), app("db"))

    assert reason.startswith("resource cannot be initialized for task ")
    assert reason.endswith(": invalid link format")


@pytest.mark.parametrize(
    "apps",
    [
        pytest.param([app("web", links=["web"])], id="itself"),
        pytest.param([app("web", links=["db"]), app("db", links=["web"])], id="each other"),
        pytest.param(
            [
                app("web", links=["db"]),
                app("db", volumesFrom=[{"sourceContainer": "web"}]),
            ],
            id="a link and volumes",
        ),
        pytest.param(
            [
                app("web", **after("START", "job")),
                app("job", **after("SUCCESS", "db"), essential=False),
                app("db", links=["web"], essential=False),
            ],
            id="three",
        ),
    ],
)
def test_c32_a_circle(host: Host, apps: list[App]) -> None:
    assert refused(host, *apps).startswith("Task dependencies cannot be resolved, taskArn: ")


def test_c33_docker_refuses_a_link_to_what_has_exited(host: Host) -> None:
    task = host.run(
        app("web", links=["db"], **after("COMPLETE", "db")),
        app("db", exits(0), essential=False),
    ).stopped()

    web, db = task.docker_name("web"), task.docker_name("db")
    assert task.why("web") == (
        "CannotStartContainerError: Error response from daemon: "
        f"Cannot link to a non running container: /{db} AS /{web}/db"
    )
    assert task.exit_codes() == {"web": None, "db": 0}


def test_c34_a_link_to_what_never_starts(host: Host) -> None:
    task = host.run(
        app("app"),
        app("web", links=["db"], essential=False),
        app("db", missing(), essential=False),
    )
    task.wait(("app", "RUNNING"), ("web", "STOPPED"))

    image = task.identity.definition.container("web").image
    assert task.why("web") == (
        "CannotStartContainerError: dependency graph: failed to resolve container ordering "
        f"dependency [db({image}) (CREATED->STOPPED)] for target [web({image}) (NONE->RUNNING)] "
        "because dependency will never start"
    )
    assert task.of("web").exit_code == 143
    assert not task.exists("web")
    task.running()
    assert task.goes_on
    assert task.is_alive("app")


def test_c34_an_essential_one_that_never_starts_gives_no_reason_to_others(host: Host) -> None:
    task = host.run(app("web", links=["db"]), app("db", missing())).stopped()

    assert (task.of("web").exit_code, task.of("web").reason) == (None, None)
    assert task.why("db").startswith("CannotStartContainerError: Error response from daemon: ")


def test_c36_a_diamond_of_links_and_volumes(host: Host) -> None:
    def mounting(*names: str) -> Json:
        return {"volumesFrom": [{"sourceContainer": name} for name in names]}

    mount = {"mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}]}
    writes = sh("echo x > /data/x; trap 'exit 0' TERM; sleep 60 & wait")
    reads = sh(
        "while [ ! -s /data/x ]; do sleep 0.1; done; ping -c1 -W1 a && ping -c1 -W1 d && exit 42",
        Script(exit_after=0.1, exit_code=42),
    )
    task = host.run(
        app("exit", reads, links=["a", "d"], **mounting("a", "d")),
        app("d", links=["b", "c"], **mounting("b")),
        app("c", links=["a"], **mounting("a")),
        app("b", links=["a"], **mounting("a")),
        app("a", writes, **mount),
        app("side", **mounting("c")),
        volumes=[{"name": "data"}],
    ).stopped()

    assert task.of("exit").exit_code == 42
    assert task.created_at("b") >= task.started_at("a")
    assert task.created_at("exit") >= task.started_at("d")
    assert task.created_at("d") >= max(task.started_at("b"), task.started_at("c"))


def test_c37_start(host: Host) -> None:
    task = host.run(app("parent", exits(0), **after("START", "dep")), app("dep")).stopped()

    assert task.created_at("parent") >= task.started_at("dep")
    assert task.exit_codes() == {"parent": 0, "dep": 0}


def test_c37_start_holds_of_what_has_already_stopped(host: Host) -> None:
    task = host.run(
        app("parent", exits(0), **after("START", "dep")),
        app("dep", exits(3), essential=False),
        app("last", traps(TERM=0), essential=False),
    ).stopped()

    assert task.exit_codes() == {"parent": 0, "dep": 3, "last": 0}


@pytest.mark.parametrize("exit_code", [0, 1])
def test_c37_complete(host: Host, exit_code: int) -> None:
    task = host.run(
        app("parent", exits(0), **after("COMPLETE", "dep")),
        app("dep", exits(exit_code, after=0.3), essential=False),
    ).stopped()

    assert task.created_at("parent") >= task.ended_at("dep")
    assert task.exit_codes() == {"parent": 0, "dep": exit_code}


def test_c37_success(host: Host) -> None:
    task = host.run(
        app("parent", exits(0), **after("SUCCESS", "dep")),
        app("dep", exits(0, after=0.3), essential=False),
    ).stopped()

    assert task.created_at("parent") >= task.ended_at("dep")
    assert task.exit_codes() == {"parent": 0, "dep": 0}


def test_c37_healthy(host: Host) -> None:
    check = {"healthCheck": {"command": ["CMD-SHELL", "test -e /ok"], **QUICK_CHECK}}
    late = sh(
        "trap 'exit 0' TERM; sleep 1.5; touch /ok; sleep 60 & wait",
        Script(health=((1, "UNHEALTHY"), (2, "HEALTHY"))),
    )
    task = host.run(
        app("parent", exits(0), **after("HEALTHY", "dep")), app("dep", late, **check)
    ).stopped()

    assert task.created_at("parent") - task.started_at("dep") >= 1.5
    assert task.exit_codes() == {"parent": 0, "dep": 0}


def test_c37_all_of_several(host: Host) -> None:
    task = host.run(
        app("parent", exits(0), **after("SUCCESS", "quick", "slow")),
        app("quick", exits(0), essential=False),
        app("slow", exits(0, after=1), essential=False),
    ).stopped()

    assert task.created_at("parent") >= max(task.ended_at("quick"), task.ended_at("slow"))


def test_c38_what_waits_for_a_success_that_fails_never_starts(host: Host) -> None:
    task = host.run(
        app("parent", **after("SUCCESS", "dep")), app("dep", exits(1), essential=False)
    ).stopped()

    assert task.exit_codes() == {"parent": 143, "dep": 1}
    assert task.why("parent").startswith("CannotStartContainerError: dependency graph: failed to ")
    assert task.why("parent").endswith("as dependency did not exit successfully.")
    assert not task.exists("parent")


@pytest.mark.parametrize("condition", ["COMPLETE", "SUCCESS", "HEALTHY"])
def test_c39_start_timeout_is_the_dependency_s(host: Host, condition: str) -> None:
    unhealthy = {"healthCheck": {"command": ["CMD", "false"], **QUICK_CHECK}}
    dep = checked(ignores(), (1, "UNHEALTHY"))
    task = host.run(
        app("parent", **after(condition, "dep")),
        app("dep", dep, essential=False, startTimeout=1, stopTimeout=1, **unhealthy),
    ).stopped()

    assert task.exit_codes() == {"parent": 143, "dep": 137}
    assert task.why("parent").startswith("CannotStartContainerError: dependency graph: ")
    assert task.why("parent").endswith(" has timed out.")
    assert 2 <= task.ended_at("dep") - task.started_at("dep") <= 6


def test_c39_start_timeout_does_not_bind_a_start(host: Host) -> None:
    task = host.run(
        app("parent", exits(0, after=1.5), startTimeout=1, **after("START", "dep")),
        app("dep", obeys(), startTimeout=1),
    ).stopped()

    assert task.exit_codes() == {"parent": 0, "dep": 0}


def test_c40_healthy_without_a_health_check(host: Host) -> None:
    reason = refused(host, app("web", **after("HEALTHY", "db")), app("db"))

    assert reason.startswith("Task dependencies cannot be resolved, taskArn: ")


def test_c35_a_dead_link_target_breaks_what_enters_the_linking_container(
    docker: DockerHost,
) -> None:
    check = {"healthCheck": {"command": ["CMD", "true"], **QUICK_CHECK}}
    task = docker.run(
        app("web", links=["db"], **check), app("db", traps(USR1=0), essential=False)
    ).running()
    task.healthy("web")
    assert task.exec("web", "true")[0] == 0

    task.signal("db", "USR1").wait(("db", "STOPPED"))
    words = "Cannot link to a non running container"
    with pytest.raises(Exception, match=words):
        task.exec("web", "true")
    task.healthy("web", "UNHEALTHY")
    assert words in task.inspect("web")["State"]["Health"]["Log"][-1]["Output"]
    assert task.is_alive("web")
