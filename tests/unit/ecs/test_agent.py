"""The agent's rules, one by one."""

from __future__ import annotations

import pytest
from support.agent import Machine, container

from pytest_multidocker.dockerrun.model import Dependency, HealthCheck, VolumeFrom
from pytest_multidocker.ecs import events as ev
from pytest_multidocker.ecs.actions import Create, Pull, ReportContainer, ReportTask, Start, Stop
from pytest_multidocker.ecs.status import ContainerStatus, TaskStatus


def reported(machine: Machine) -> list[tuple[str, str]]:
    """What the ECS service was told, as (who, status)."""
    return [
        (r.container if isinstance(r, ReportContainer) else "task", r.status.name)
        for r in machine.reports
    ]


class TestStarting:
    def test_containers_that_do_not_wait_are_pulled_together(self) -> None:
        machine = Machine(container("a"), container("b"))

        assert machine.work == [Pull("a"), Pull("b")]

    def test_a_container_is_pulled_created_and_started(self) -> None:
        machine = Machine(container("a"))

        machine.succeed(Pull("a"))
        assert machine.work == [Create("a")]
        machine.succeed(Create("a"))
        assert machine.work == [Start("a")]
        machine.succeed(Start("a"))

        assert machine.work == []
        assert machine.status("a") == "RUNNING"
        assert reported(machine) == [("a", "RUNNING"), ("task", "RUNNING")]

    def test_a_link_waits_until_its_target_runs(self) -> None:
        machine = Machine(container("nginx", "api:backend"), container("api"))

        assert machine.work == [Pull("api")]
        machine.start("api")

        assert machine.work == [Pull("nginx")]

    def test_volumes_from_waits_only_until_the_source_is_created(self) -> None:
        machine = Machine(container("app", volumes_from=(VolumeFrom("data"),)), container("data"))

        machine.succeed(Pull("data")).succeed(Create("data"))

        assert machine.work == [Pull("app"), Start("data")]

    def test_the_task_runs_when_every_container_runs_or_has_run(self) -> None:
        machine = Machine(container("init", essential=False), container("app"))
        machine.start("init").die("init", 0)
        assert machine.task.known is TaskStatus.NONE

        machine.start("app")

        assert reported(machine)[-1] == ("task", "RUNNING")

    def test_a_container_that_dies_before_its_start_is_confirmed_never_reports_running(
        self,
    ) -> None:
        machine = Machine(container("a"))
        machine.succeed(Pull("a")).succeed(Create("a"))

        machine.die("a", 3).send(ev.Started("a", machine.now))

        assert reported(machine) == [("a", "STOPPED"), ("task", "STOPPED")]
        assert machine.task.containers["a"].exit_code == 3


class TestDying:
    def test_the_others_are_stopped_before_it_is_known_how_it_ended(self) -> None:
        machine = Machine(container("web", "db"), container("db"), container("side")).start()
        told = len(machine.reports)

        machine.send(ev.Dying("side", machine.now))

        assert machine.work == [Stop("web", 30)]
        assert len(machine.reports) == told
        machine.die("side", 137, oom=True)
        assert reported(machine)[told:] == [("side", "STOPPED")]
        assert machine.work == [Stop("web", 30)]

    def test_one_that_is_not_essential_troubles_nobody(self) -> None:
        machine = Machine(container("job", essential=False), container("app")).start()

        machine.send(ev.Dying("job", machine.now)).die("job", 1)

        assert machine.work == []
        assert machine.task.containers["job"].exit_code == 1

    def test_one_that_is_still_starting_is_left_to_its_death(self) -> None:
        machine = Machine(container("a", essential=False), container("b", "a")).start("a")
        other = Machine(container("a"))
        other.succeed(Pull("a")).succeed(Create("a"))

        other.send(ev.Dying("a", other.now))
        assert other.status("a") == "CREATED"
        other.die("a", 3)
        assert other.task.containers["a"].exit_code == 3

        machine.send(ev.Dying("a", machine.now))
        assert machine.work == [Pull("b")]  # a target that has started and ended counts as started

    def test_a_task_that_loses_an_essential_one_early_never_runs(self) -> None:
        waits = Dependency("web", "COMPLETE")
        late = container("late", essential=False, depends_on=(waits,))
        machine = Machine(container("web"), late).start("web")

        machine.send(ev.Dying("web", machine.now)).die("web", 9)

        assert ("task", "RUNNING") not in reported(machine)
        assert reported(machine)[-1] == ("task", "STOPPED")


class TestEssential:
    @pytest.mark.parametrize("exit_code", [0, 1, 137])
    def test_an_essential_exit_stops_the_others_whatever_its_code(self, exit_code: int) -> None:
        machine = Machine(container("a"), container("b")).start()

        machine.die("a", exit_code)

        assert machine.work == [Stop("b", 30)]
        machine.succeed(Stop("b", 30))
        assert reported(machine)[-2:] == [("b", "STOPPED"), ("task", "STOPPED")]

    def test_the_task_stops_only_with_its_last_container(self) -> None:
        machine = Machine(container("a"), container("b")).start().die("a")

        assert machine.task.desired is TaskStatus.STOPPED
        assert machine.task.known is TaskStatus.RUNNING

    def test_a_container_that_is_not_essential_dies_alone(self) -> None:
        machine = Machine(container("worker", essential=False), container("web")).start()

        machine.die("worker", 1)

        assert machine.work == []
        assert machine.task.desired is TaskStatus.RUNNING
        assert machine.status("web") == "RUNNING"

    def test_an_early_essential_exit_leaves_a_task_that_never_ran(self) -> None:
        machine = Machine(container("a"), container("b")).start("a").die("a", 1)

        assert ("task", "RUNNING") not in reported(machine)
        assert machine.task.known is TaskStatus.STOPPED

    def test_a_container_that_had_not_started_gets_no_exit_code(self) -> None:
        machine = Machine(container("a"), container("b"), container("web", "b")).start("a")

        machine.die("a", 1)

        for name in ("b", "web"):
            assert machine.status(name) == "STOPPED"
            assert machine.task.containers[name].exit_code is None
            assert machine.task.containers[name].reason is None

    def test_a_start_under_way_is_awaited_and_then_stopped(self) -> None:
        machine = Machine(container("a"), container("b"))
        machine.start("a").succeed(Pull("b")).succeed(Create("b"))
        machine.die("a", 1)
        assert machine.status("b") == "CREATED"

        machine.succeed(Start("b"))

        assert machine.work == [Stop("b", 30)]

    def test_the_first_essential_exit_is_when_execution_stopped(self) -> None:
        machine = Machine(container("a"), container("b")).start().die("a")
        at = machine.now

        machine.succeed(Stop("b", 30))

        last = machine.reports[-1]
        assert isinstance(last, ReportTask)
        assert last.execution_stopped_at == at


class TestStopping:
    def test_stops_run_against_the_links(self) -> None:
        machine = Machine(container("web", "api"), container("api", "db"), container("db")).start()

        machine.send(ev.StopRequested(machine.now))
        assert machine.work == [Stop("web", 30)]
        machine.succeed(Stop("web", 30))
        assert machine.work == [Stop("api", 30)]
        machine.succeed(Stop("api", 30))

        assert machine.work == [Stop("db", 30)]

    def test_branches_stop_together(self) -> None:
        machine = Machine(container("a"), container("b"), container("c", "a b")).start()

        machine.die("c")

        assert machine.work == [Stop("a", 30), Stop("b", 30)]

    def test_the_stop_timeout_is_the_containers_own(self) -> None:
        machine = Machine(container("a", stop_timeout=2), container("b")).start()

        machine.send(ev.StopRequested(machine.now))

        assert machine.work == [Stop("a", 2), Stop("b", 30)]

    def test_a_container_that_cannot_be_stopped_counts_as_stopped(self) -> None:
        machine = Machine(container("a")).start()
        machine.send(ev.StopRequested(machine.now))

        machine.fail("a", "CannotStopContainerError: no")

        assert machine.task.known is TaskStatus.STOPPED
        assert machine.task.containers["a"].reason == "CannotStopContainerError: no"

    def test_nothing_moves_a_stopped_task(self) -> None:
        machine = Machine(container("a")).start().die("a", 1)
        before = machine.task

        machine.send(ev.Started("a", 999.0)).die("a", 2)

        assert machine.task is before


class TestReasons:
    def test_out_of_memory(self) -> None:
        machine = Machine(container("a")).start().die("a", 137, oom=True)

        state = machine.task.containers["a"]
        assert state.reason == "OutOfMemoryError: Container killed due to memory usage"
        assert state.exit_code == 137

    def test_the_engines_own_word_on_a_death(self) -> None:
        machine = Machine(container("a")).start()

        machine.send(ev.Died("a", 200.0, 128, error="OCI runtime gone"))

        assert machine.task.containers["a"].reason == "DockerStateError: OCI runtime gone"

    def test_the_first_error_sticks(self) -> None:
        machine = Machine(container("a"))
        machine.fail("a", "CannotPullContainerError: no network")

        machine.start().die("a", 137, oom=True)

        assert machine.task.containers["a"].reason == "CannotPullContainerError: no network"

    def test_a_failed_start_has_no_exit_code_and_stops_an_essential_containers_task(self) -> None:
        machine = Machine(container("a"), container("b")).start("b")
        machine.succeed(Pull("a")).succeed(Create("a"))

        machine.fail("a", "CannotStartContainerError: port is already allocated")

        assert machine.task.containers["a"].exit_code is None
        assert machine.work == [Stop("b", 30)]

    def test_dependents_of_a_container_that_fails_to_start_never_start(self) -> None:
        machine = Machine(container("web", "db"), container("db", essential=False))
        machine.succeed(Pull("db")).succeed(Create("db"))

        machine.fail("db", "CannotStartContainerError: no such file")

        web = machine.task.containers["web"]
        assert web.exit_code == 143
        assert web.reason == (
            "CannotStartContainerError: dependency graph: failed to resolve container ordering "
            "dependency [db(app:1) (CREATED->STOPPED)] for target [web(app:1) (NONE->RUNNING)] "
            "because dependency will never start"
        )
        assert machine.task.known is TaskStatus.STOPPED

    @pytest.mark.parametrize("order", [("db", "web", "cli"), ("cli", "web", "db")])
    def test_all_see_one_another_as_they_had_come_so_far(self, order: tuple[str, ...]) -> None:
        links = {"web": ("db",), "cli": ("web",), "db": ()}
        machine = Machine(*(container(n, *links[n], essential=n == "cli") for n in order))
        machine.succeed(Pull("db")).succeed(Create("db"))

        machine.fail("db", "CannotStartContainerError: no such file")

        assert "[db(app:1) (CREATED->STOPPED)]" in (machine.task.containers["web"].reason or "")
        assert "[web(app:1) (NONE->STOPPED)]" in (machine.task.containers["cli"].reason or "")
        assert machine.task.known is TaskStatus.STOPPED


class TestRefused:
    @pytest.mark.parametrize(
        ("containers", "reason"),
        [
            (
                [container("a", "nope")],
                (
                    "resource cannot be initialized for task arn:task/1: "
                    "could not find container for link nope"
                ),
            ),
            (
                [container("a", "b:c:d"), container("b")],
                "resource cannot be initialized for task arn:task/1: invalid link format",
            ),
            (
                [container("a", volumes_from=(VolumeFrom("nope"),))],
                (
                    "resource cannot be initialized for task arn:task/1: "
                    "could not find volume source container with name nope"
                ),
            ),
            (
                [container("a", "a")],
                "Task dependencies cannot be resolved, taskArn: arn:task/1",
            ),
            (
                [container("a", "b"), container("b", volumes_from=(VolumeFrom("a"),))],
                "Task dependencies cannot be resolved, taskArn: arn:task/1",
            ),
            (
                [container("a", depends_on=(Dependency("b", "HEALTHY"),)), container("b")],
                "Task dependencies cannot be resolved, taskArn: arn:task/1",
            ),
        ],
    )
    def test_nothing_is_created(self, containers: list, reason: str) -> None:  # type: ignore[type-arg]
        machine = Machine(*containers)

        assert machine.work == []
        assert machine.reports == [ReportTask(TaskStatus.STOPPED, 100.0, reason)]


class TestConditions:
    def test_success_lets_the_dependent_go_on(self) -> None:
        machine = Machine(
            container("app", depends_on=(Dependency("init", "SUCCESS"),)),
            container("init", essential=False),
        ).start("init")
        assert machine.work == []

        machine.die("init", 0)

        assert machine.work == [Pull("app")]

    def test_a_success_that_fails_ends_the_dependent(self) -> None:
        machine = Machine(
            container("app", depends_on=(Dependency("init", "SUCCESS"),)),
            container("init", essential=False),
        ).start("init")

        machine.die("init", 1)

        assert machine.task.containers["app"].exit_code == 143
        assert "did not exit successfully" in (machine.task.containers["app"].reason or "")

    def test_complete_takes_any_exit_code(self) -> None:
        machine = Machine(
            container("app", depends_on=(Dependency("init", "COMPLETE"),)),
            container("init", essential=False),
        ).start("init")

        machine.die("init", 1)

        assert machine.work == [Pull("app")]

    def test_healthy_waits_for_the_health_check(self) -> None:
        machine = Machine(
            container("app", depends_on=(Dependency("db", "HEALTHY"),)),
            container("db", health_check=HealthCheck(("CMD", "true"))),
        ).start("db")
        assert machine.work == []

        machine.send(ev.HealthChanged("db", 110.0, "HEALTHY"))

        assert machine.work == [Pull("app")]

    def test_an_unhealthy_container_is_only_reported(self) -> None:
        machine = Machine(container("a", health_check=HealthCheck(("CMD", "false")))).start()

        machine.send(ev.HealthChanged("a", 110.0, "UNHEALTHY"))

        assert machine.work == []
        assert machine.reports[-1] == ReportContainer(
            "a", ContainerStatus.RUNNING, runtime_id="id-a", health="UNHEALTHY"
        )

    def test_the_start_timeout_of_the_dependency_ends_the_wait(self) -> None:
        machine = Machine(
            container("app", depends_on=(Dependency("init", "COMPLETE"),)),
            container("init", essential=False, start_timeout=5),
        ).start("init")
        started = machine.now
        assert machine.wakes == [started + 5]

        machine.send(ev.TimePassed(started + 5))

        assert machine.task.containers["app"].exit_code == 143
        assert machine.work == [Stop("init", 30)]


class TestLate:
    """A container that was to go no further is STOPPED at once, before its engine has answered."""

    def test_an_error_that_comes_afterwards_is_no_reason(self) -> None:
        machine = Machine(container("web"), container("late"), container("slow")).start("web")
        machine.succeed(next(a for a in machine.work if a.container == "late"))
        machine.die("web", 1)
        machine.fail("late", "CannotCreateContainerError: no")
        machine.fail("slow", "CannotPullContainerError: no")

        assert machine.task.containers["late"].reason is None
        assert machine.task.containers["slow"].reason is None

    def test_the_one_that_has_ended_is_reported_before_those_that_go_down_with_it(self) -> None:
        machine = Machine(container("late"), container("web")).start("web")
        machine.die("web", 1)

        told = [r.container for r in machine.reports if isinstance(r, ReportContainer)]
        assert told == ["web", "web", "late"]

    def test_one_that_is_dying_is_told_of_first_too(self) -> None:
        machine = Machine(container("late"), container("web")).start("web")
        machine.send(ev.Dying("web", machine.now))
        machine.die("web", 1)

        told = [
            (r.container, r.exit_code) for r in machine.reports if isinstance(r, ReportContainer)
        ]
        assert told == [("web", None), ("web", 1), ("late", None)]

    def test_one_that_fails_is_told_of_before_those_that_give_up(self) -> None:
        machine = Machine(
            container("web", "db"), container("db", essential=False), container("side")
        )
        machine.succeed(machine.work[0])
        machine.fail("db", "CannotCreateContainerError: no")

        told = [
            (r.container, r.exit_code) for r in machine.reports if isinstance(r, ReportContainer)
        ]
        assert told == [("db", None), ("web", 143), ("side", None)]

    def test_an_earlier_failure_of_another_is_not_the_cause(self) -> None:
        machine = Machine(container("late"), container("web")).start("web")
        machine.fail("late", "CannotPullContainerError: no")
        machine.die("web", 1)

        told = [r.container for r in machine.reports if isinstance(r, ReportContainer)]
        assert told == ["web", "web", "late"]
