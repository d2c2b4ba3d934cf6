"""What goes with a task when its time has come: C79."""

from __future__ import annotations

import pytest

from conformance.docker_host import DockerHost
from conformance.host import Host
from conformance.vocabulary import app, exits


@pytest.mark.agent(keep_stopped=2)
def test_c79_a_stopped_task_is_removed_when_its_time_has_come(host: Host) -> None:
    task = host.run(app("app", exits(0)), app("b"))
    other = host.run(app("app2")).running()

    task.stopped()
    assert task.exists("app")
    assert task.exists("b")
    task.gone()
    assert other.is_alive("app2")


@pytest.mark.agent(keep_stopped=0)
def test_c79_what_was_created_and_never_started_is_removed_too(host: Host) -> None:
    task = host.run(
        app("app", links=["db"], dependsOn=[{"containerName": "db", "condition": "COMPLETE"}]),
        app("db", exits(0), essential=False),
    ).stopped()

    assert task.of("app").runtime_id is not None
    task.gone()


@pytest.mark.agent(keep_stopped=0)
def test_c79_volumes_go_unless_they_are_shared(docker: DockerHost) -> None:
    image = docker.build("VOLUME /anonymous")
    task = docker.run(
        app(
            "app",
            image=image,
            mountPoints=[
                {"sourceVolume": "conformance-kept", "containerPath": "/shared"},
                {"sourceVolume": "data", "containerPath": "/data"},
            ],
        ),
        volumes=[
            {"name": "data"},
            {
                "name": "conformance-kept",
                "dockerVolumeConfiguration": {"scope": "shared", "autoprovision": True},
            },
        ],
    ).running()
    mounts = {mount["Destination"]: mount["Name"] for mount in task.inspect("app")["Mounts"]}
    assert set(mounts) == {"/anonymous", "/shared", "/data"}

    task.stop().stopped().gone()

    found = {volume["Name"] for volume in docker.client.api.volumes()["Volumes"] or ()}
    assert found & set(mounts.values()) == {"conformance-kept"}
