"""Folders of the host, volumes of Docker and volumes of other containers: C59 to C64."""

from __future__ import annotations

import re

import pytest

from conformance.docker_host import DockerHost
from conformance.host import Host
from conformance.vocabulary import Json, app, exits, missing, sh

DATA = [{"name": "data"}]


def mount(path: str = "/data", source: str = "data", **options: bool) -> Json:
    return {"mountPoints": [{"sourceVolume": source, "containerPath": path, **options}]}


def writes(line: str) -> str:
    return f"echo {line} > /data/x; trap 'exit 0' TERM; echo ready; sleep 60 & wait"


def waits_for_a_line() -> str:
    return "while [ ! -s /data/x ]; do sleep 0.1; done; cat /data/x"


def test_c59_a_folder_of_the_host(docker: DockerHost) -> None:
    folder = docker.tasks.project / "conf"
    folder.mkdir()
    (folder / "given").write_text("from the host\n")
    task = docker.run(
        app(
            "app",
            sh("cat /ro/given; touch /ro/x 2>/dev/null || echo new > /rw/x; exit 42"),
            mountPoints=[
                {"sourceVolume": "conf", "containerPath": "/ro", "readOnly": True},
                {"sourceVolume": "conf", "containerPath": "/rw"},
            ],
        ),
        volumes=[{"name": "conf", "host": {"sourcePath": "/var/app/current/conf"}}],
    ).stopped()

    assert task.exit_codes() == {"app": 42}
    assert task.output("app") == "from the host\n"
    assert (folder / "x").read_text() == "new\n"
    assert sorted(*task.host_config("app", "Binds")) == [f"{folder}:/ro:ro", f"{folder}:/rw"]


def test_c60_a_folder_that_is_not_there_is_made(docker: DockerHost) -> None:
    folder = docker.tasks.project / "new" / "folder"
    task = docker.run(
        app("app", sh("echo x > /data/x"), **mount()),
        volumes=[{"name": "data", "host": {"sourcePath": "/var/app/current/new/folder"}}],
    ).stopped()

    assert task.exit_codes() == {"app": 0}
    assert (folder / "x").read_text() == "x\n"
    assert folder.stat().st_uid == 0


@pytest.mark.parametrize("empty", [{}, {"host": {}}, {"host": {"sourcePath": ""}}])
def test_c61_an_empty_volume_is_the_task_s(docker: DockerHost, empty: Json) -> None:
    task = docker.run(
        app("reader", sh(waits_for_a_line()), **mount("/data")),
        app("writer", sh(writes("one")), **mount("/data")),
        volumes=[{"name": "data", **empty}],
    ).stopped()

    assert task.output("reader") == "one\n"
    names = {task.inspect(name)["Mounts"][0]["Name"] for name in ("reader", "writer")}
    assert len(names) == 1
    assert re.fullmatch("ecs-fam-1-data-[0-9a-f]{20}", names.pop())


def test_c61_another_task_has_another(docker: DockerHost) -> None:
    script = sh("cat /data/x; echo mine > /data/x; exit 0")
    tasks = [docker.run(app("app", script, **mount()), volumes=DATA).stopped() for _ in range(2)]

    assert [task.output("app") for task in tasks] == ["", ""]
    assert len({task.inspect("app")["Mounts"][0]["Name"] for task in tasks}) == 2


def test_c62_a_volume_that_is_not_declared(host: Host) -> None:
    task = host.run(app("app", **mount(source="nope")), app("b")).stopped()

    assert task.why("app") == "HostConfigError: Invalid volume referenced: nope"
    assert (task.of("app").exit_code, task.of("app").runtime_id) == (None, None)


def test_c63_volumes_from(docker: DockerHost) -> None:
    write = sh("touch /data/y || exit 42")

    def from_source(**options: bool) -> Json:
        return {"essential": False, "volumesFrom": [{"sourceContainer": "source", **options}]}

    task = docker.run(
        app("ro", write, **from_source(readOnly=True)),
        app("rw", write, **from_source(readOnly=False)),
        app("default", write, **from_source()),
        app("source", **mount()),
        volumes=DATA,
    )
    task.wait(*((name, "STOPPED") for name in ("ro", "rw", "default")))

    assert [task.of(name).exit_code for name in ("ro", "rw", "default")] == [42, 0, 0]
    source = task.docker_name("source")
    found = [task.host_config(name, "VolumesFrom")[0] for name in ("ro", "rw", "default")]
    assert found == [[f"{source}:ro"], [source], [source]]


def test_c63_the_source_needs_only_to_be_created(docker: DockerHost) -> None:
    task = docker.run(
        app(
            "app",
            sh("touch /data/x && exit 42"),
            volumesFrom=[{"sourceContainer": "source"}],
        ),
        app("source", missing(), essential=False, **mount()),
        volumes=DATA,
    ).stopped()

    assert task.exit_codes() == {"app": 42, "source": None}


def volume(name: str, **configuration: object) -> list[Json]:
    return [{"name": name, "dockerVolumeConfiguration": configuration}]


@pytest.mark.agent(keep_stopped=0, allow=["devices"])
def test_c64_a_volume_of_the_task(docker: DockerHost) -> None:
    options = {"type": "tmpfs", "device": "tmpfs", "o": "size=7m"}
    task = docker.run(
        app(
            "app",
            sh("mount | grep ' /data '; echo ready; trap 'exit 0' TERM; sleep 60 & wait"),
            **mount(),
        ),
        volumes=volume(
            "data", scope="task", driver="local", driverOpts=options, labels={"team": "red"}
        ),
    ).running()
    task.said("app", "ready")

    assert "size=7168k" in task.output("app")
    found = task.client.api.inspect_volume(task.inspect("app")["Mounts"][0]["Name"])
    assert re.fullmatch("ecs-fam-1-data-[0-9a-f]{20}", found["Name"])
    assert found["Options"] == options
    assert found["Labels"]["team"] == "red"
    task.stop().stopped()
    task.gone()


@pytest.mark.agent(keep_stopped=0)
def test_c64_a_shared_volume_stays_for_the_next_task(docker: DockerHost) -> None:
    volumes = volume("conformance-shared", scope="shared", autoprovision=True)
    script = sh("cat /data/x; echo before > /data/x; exit 0")
    outputs = []
    for _ in range(2):
        task = docker.run(
            app("app", script, **mount(source="conformance-shared")),
            app("b"),
            volumes=volumes,
        )
        task.wait(("app", "STOPPED"))
        outputs.append(task.output("app"))
        task.stopped()
        task.gone()

    assert outputs == ["", "before\n"]
    found = docker.client.api.inspect_volume("conformance-shared")
    assert found["Name"] == "conformance-shared"


def test_c64_a_shared_volume_that_shall_not_be_made(docker: DockerHost) -> None:
    name = "conformance-missing"
    task = docker.run(
        app("app", **mount(source=name)),
        app("b", exits(0)),
        volumes=volume(name, scope="shared", autoprovision=False),
    ).stopped()

    assert task.order == [("task", "STOPPED")]
    assert task.of_task().reason.startswith(
        f"resource cannot be initialized for task {task.arn}: initialize volume: volume detection "
        f"failed, volume '{name}' does not exist and autoprovision is set to false"
    )
    assert not task.exists("b")


@pytest.mark.agent(allow=["volume:conformance-existing"])
def test_c64_a_shared_volume_that_is_there_is_used(docker: DockerHost) -> None:
    docker.client.api.create_volume("conformance-existing")
    try:
        task = docker.run(
            app("app", exits(0), **mount(source="conformance-existing")),
            volumes=volume("conformance-existing", scope="shared", autoprovision=False),
        ).stopped()
        assert task.exit_codes() == {"app": 0}
        assert task.inspect("app")["Mounts"][0]["Name"] == "conformance-existing"
    finally:
        docker.close()
        docker.client.api.remove_volume("conformance-existing")
