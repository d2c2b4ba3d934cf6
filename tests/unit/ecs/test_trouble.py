"""What the agent makes of an engine that fails, or does what it was not asked to."""

from __future__ import annotations

from typing import Any

import pytest
from support.agent import Machine, container

from pytest_multidocker.dockerrun.model import Dependency, HealthCheck, MountPoint, Volume
from pytest_multidocker.ecs import events as ev
from pytest_multidocker.ecs.actions import Pull, ReportContainer, ReportTask, Stop
from pytest_multidocker.ecs.status import TaskStatus

SHARED = Volume("v", docker_volume_configuration={"scope": "shared"})
MOUNTED: Any = {"mount_points": (MountPoint("v", "/v"),)}


class TestPulling:
    def test_a_fatal_pull_stops_the_whole_task(self) -> None:
        machine = Machine(container("a"), container("b", essential=False)).start("a")

        machine.fail("b", "CannotPullContainerError: gone", fatal=True)

        assert machine.work == [Stop("a", 30)]
        assert machine.status("b") == "STOPPED"
        assert machine.task.containers["b"].exit_code is None
        assert machine.task.containers["b"].reason == "CannotPullContainerError: gone"

    def test_a_digest_is_told_with_the_task(self) -> None:
        machine = Machine(container("a"), container("b"))
        machine.work.remove(Pull("a"))
        machine.send(ev.Pulled("a", machine.now, "sha256:12")).start()

        last = machine.reports[-1]
        assert isinstance(last, ReportTask)
        assert [(c.container, c.image_digest) for c in last.containers] == [("a", "sha256:12")]


class TestStarting:
    def test_one_that_may_have_started_is_stopped_to_be_sure(self) -> None:
        machine = Machine(container("a", stop_timeout=7), container("b")).start("b")
        machine.start("b")
        for _ in range(2):
            machine.succeed(next(w for w in machine.work if w.container == "a"))

        machine.fail("a", "DockerTimeoutError: Could not transition to started", uncertain=True)

        assert machine.work == [Stop("b", 30), Stop("a", 7)]
        assert machine.status("a") == "STOPPED"
        assert machine.task.containers["a"].exit_code is None
        machine.succeed(Stop("a", 7))
        assert machine.task.containers["a"].exit_code is None

    def test_a_stopped_container_that_comes_back_is_stopped_again_once(self) -> None:
        machine = Machine(
            container("a", essential=False), container("b", essential=False), container("c")
        ).start()
        machine.die("a", 1).die("b", 1)
        told = len(machine.reports)

        machine.send(ev.Revived("a", machine.now)).send(ev.Revived("b", machine.now))

        assert machine.work == [Stop("a", 30)]
        machine.succeed(Stop("a", 30))
        assert machine.task.containers["a"].exit_code == 1
        assert machine.reports[told:] == []

    def test_also_when_the_task_has_stopped(self) -> None:
        machine = Machine(container("a")).start().die("a", 1)

        machine.send(ev.Revived("a", machine.now))

        assert machine.work == [Stop("a", 30)]

    def test_one_that_runs_is_left_alone(self) -> None:
        machine = Machine(container("a")).start()

        machine.send(ev.Revived("a", machine.now))

        assert machine.work == []


class TestDying:
    def test_an_engine_that_could_not_tell_how_has_its_reason(self) -> None:
        machine = Machine(container("a")).start()

        machine.send(ev.Died("a", 200.0, 137, reason="CannotInspectContainerError: no"))

        assert machine.task.containers["a"].exit_code == 137
        assert machine.task.containers["a"].reason == "CannotInspectContainerError: no"

    def test_a_reason_is_as_long_as_the_api_keeps_it(self) -> None:
        machine = Machine(container("a")).start()

        machine.send(ev.Died("a", 200.0, 1, error="x" * 2000))

        report = machine.reports[-2]
        assert isinstance(report, ReportContainer)
        assert report.reason == "DockerStateError: " + "x" * (1024 - 18)


class TestHopeless:
    @pytest.mark.parametrize(
        ("condition", "health", "exit_code"),
        [("COMPLETE", None, None), ("HEALTHY", "UNHEALTHY", 1), ("HEALTHY", None, 0)],
    )
    def test_a_condition_that_can_no_longer_come_true_is_not_waited_for(
        self, condition: str, health: str | None, exit_code: int | None
    ) -> None:
        machine = Machine(
            container("app", depends_on=(Dependency("db", condition),)),
            container("db", essential=False, health_check=HealthCheck(("CMD", "true"))),
        ).start("db")
        if health:
            machine.send(ev.HealthChanged("db", machine.now, health))

        machine.die("db", exit_code)

        app = machine.task.containers["app"]
        assert app.exit_code == 143
        assert (app.reason or "").endswith("because dependency has stopped")
        assert machine.task.known is TaskStatus.STOPPED

    def test_one_that_was_healthy_before_it_ended_will_do(self) -> None:
        machine = Machine(
            container("a", depends_on=(Dependency("db", "HEALTHY"), Dependency("b", "COMPLETE"))),
            container("b", essential=False),
            container("db", essential=False, health_check=HealthCheck(("CMD", "true"))),
        ).start("b", "db")
        machine.send(ev.HealthChanged("db", machine.now, "HEALTHY")).die("db", 0)

        machine.die("b", 0)

        assert machine.work == [Pull("a")]


class TestVolumes:
    def test_nothing_is_pulled_before_the_volumes_are_there(self) -> None:
        machine = Machine(container("a", **MOUNTED), container("b"), volumes=(SHARED,))
        assert (machine.provisions, machine.work) == (1, [])

        machine.send(ev.Provisioned(machine.now))

        assert machine.provisions == 1
        assert machine.work == [Pull("a"), Pull("b")]

    @pytest.mark.parametrize(
        "volume", [Volume("v", "/var/app/current"), Volume("other"), Volume("w", "/x")]
    )
    def test_a_folder_and_a_volume_that_nobody_mounts_need_nothing(self, volume: Volume) -> None:
        assert Machine(container("a", **MOUNTED), volumes=(volume,)).provisions == 0

    def test_a_stop_does_not_wait_for_them(self) -> None:
        machine = Machine(container("a", **MOUNTED), volumes=(SHARED,))

        machine.send(ev.StopRequested(machine.now)).send(ev.Provisioned(machine.now))

        assert machine.task.known is TaskStatus.STOPPED
        assert machine.work == []

    def test_one_that_cannot_be_made_stops_the_task(self) -> None:
        machine = Machine(container("a", **MOUNTED), volumes=(SHARED,))

        machine.send(ev.ProvisionFailed(machine.now, "VolumeError: no such driver"))

        assert machine.work == []
        assert machine.reports == [
            ReportContainer("a", machine.task.containers["a"].known, health="UNKNOWN"),
            ReportTask(TaskStatus.STOPPED, machine.now, "VolumeError: no such driver", machine.now),
        ]

    def test_for_one_that_shall_be_there_the_task_is_not_taken_up(self) -> None:
        machine = Machine(container("a", **MOUNTED), volumes=(SHARED,))

        machine.send(ev.ProvisionFailed(machine.now, "no such volume", initialisation=True))

        reason = "resource cannot be initialized for task arn:task/1: no such volume"
        assert machine.reports == [ReportTask(TaskStatus.STOPPED, machine.now, reason)]

    def test_a_volume_of_the_task_is_not_looked_for_first(self) -> None:
        volume = Volume("v", docker_volume_configuration={"scope": "task", "autoprovision": True})

        machine = Machine(container("a", **MOUNTED), volumes=(volume,))

        assert machine.task.reason == (
            "resource cannot be initialized for task arn:task/1: "
            "volume [v] : task scoped volume could not be autoprovisioned"
        )


class TestMemory:
    def test_no_container_may_have_more_than_the_task(self) -> None:
        machine = Machine(container("a", memory=200), memory=199)

        assert machine.task.reason == (
            "resource cannot be initialized for task arn:task/1: cgroup resource: unable to build "
            "resource spec for task: task memory spec builder: container memory limit(200) "
            "greater than task memory limit(199)"
        )

    def test_as_much_will_do(self) -> None:
        assert Machine(container("a", memory=200), memory=200).work == [Pull("a")]
