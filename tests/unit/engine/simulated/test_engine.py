"""The simulated engine under the agent: what it makes of a task, in virtual time."""

from __future__ import annotations

import re

import pytest
from support.simulation import ARN, Simulation

from pytest_multidocker.ecs import reasons
from pytest_multidocker.engine.simulated import Reaction, words
from pytest_multidocker.errors import TaskError

BROKEN = "CannotStartContainerError: Error response from daemon: "
REFUSED = "CannotCreateContainerError: Error response from daemon: "


class TestStarting:
    def test_a_link_s_target_runs_first(self) -> None:
        task = Simulation(
            {"name": "web", "links": ["api"]}, {"name": "api", "links": ["db"]}, {"name": "db"}
        ).running()

        assert task.order == [
            ("db", "RUNNING"),
            ("api", "RUNNING"),
            ("web", "RUNNING"),
            ("task", "RUNNING"),
        ]
        assert task.times == pytest.approx([1.4, 2.8, 4.2, 4.2])

    def test_one_that_exits_at_once_was_never_seen_running(self) -> None:
        task = Simulation({"name": "app", "script": {"exit_after": 0, "exit_code": 42}}).stopped()

        assert task.order == [("app", "STOPPED"), ("task", "STOPPED")]
        assert task.container("app").exit_code == 42

    def test_an_hour_takes_no_time(self) -> None:
        task = Simulation({"name": "app", "script": {"exit_after": 3600}}).stopped()

        assert task.driver.now == pytest.approx(3601.4)

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"memory": 5}, words.MEMORY_TOO_LOW),
            ({"memoryReservation": 5}, words.RESERVATION_TOO_LOW),
            ({"memory": 8, "memoryReservation": 9}, words.RESERVATION_ABOVE_LIMIT),
            ({"script": {"pull_error": "no"}}, None),
            ({"script": {"create_error": "no"}}, "no"),
        ],
    )
    def test_what_docker_refuses_to_create(self, fields: dict[str, object], reason: str) -> None:
        task = Simulation({"name": "app", **fields}).stopped()

        ended = task.container("app")
        assert ended.reason == (REFUSED + reason if reason else reasons.cannot_pull("no"))
        assert (ended.exit_code, ended.runtime_id) == (None, None)

    def test_what_docker_refuses_to_start(self) -> None:
        task = Simulation({"name": "app", "script": {"start_error": words.not_executable("/x")}})

        ended = task.stopped().container("app")
        assert ended.reason == BROKEN + words.not_executable("/x")
        assert ended.exit_code is None

    def test_a_cached_image_outlives_a_failed_pull(self) -> None:
        task = Simulation({"name": "app", "script": {"pull_error": "no", "cached": True}}).running()

        assert task.container("app").reason == reasons.cannot_pull("no")

    def test_a_link_to_one_that_has_exited(self) -> None:
        task = Simulation(
            {"name": "db", "essential": False, "script": {"exit_after": 0}},
            {"name": "web", "links": ["db:store"]},
        ).stopped()

        db, web = (task.identity.container_name(n) for n in ("db", "web"))
        assert task.container("web").reason == BROKEN + words.not_running(db, web, "store")


class TestPorts:
    def test_declared_ports_and_free_ones(self) -> None:
        ports = [{"containerPort": 80, "hostPort": 80}, {"containerPort": 9}]
        ports.append({"containerPort": 53, "protocol": "udp"})  # type: ignore[dict-item]
        task = Simulation({"name": "app", "portMappings": ports}).running()

        bindings = task.container("app").bindings
        assert [(b.container_port, b.host_port, b.protocol) for b in bindings] == [
            (9, 32768, "tcp"),
            (53, 32769, "udp"),
            (80, 80, "tcp"),
        ]

    def test_a_port_that_is_taken(self) -> None:
        ports = [{"containerPort": 80, "hostPort": 8080}]
        task = Simulation(
            {"name": "a", "portMappings": ports},
            {"name": "b", "portMappings": ports, "essential": False},
        ).running()

        reason = task.container("b").reason or ""
        assert reason.startswith(f"{BROKEN}driver failed programming external connectivity on")
        assert reason.endswith("Bind for 0.0.0.0:8080 failed: port is already allocated")
        assert task.container("b").exit_code is None

    def test_a_port_is_free_again_when_its_holder_is_dead(self) -> None:
        ports = [{"containerPort": 80, "hostPort": 8080}]
        task = Simulation(
            {"name": "a", "portMappings": ports, "essential": False, "script": {"exit_after": 1}},
            {
                "name": "b",
                "portMappings": ports,
                "dependsOn": [{"containerName": "a", "condition": "COMPLETE"}],
            },
        ).running()

        assert task.container("b").reason is None


class TestNames:
    def test_a_link_is_a_line_in_the_hosts_file_and_nothing_else(self) -> None:
        task = Simulation(
            {"name": "web", "links": ["server:backend"], "hostname": "front"},
            {"name": "server", "hostname": "api"},
            {"name": "other"},
            extra_hosts=lambda: {"db.example": "192.0.2.1"},
        ).running()

        web, server = (task.engine.container(ARN, n) for n in ("web", "server"))
        assert web.hosts == {
            "localhost": "127.0.0.1",
            "db.example": "192.0.2.1",
            "backend": server.address,
            "api": server.address,
            task.identity.container_name("server"): server.address,
            "front": web.address,
        }
        assert set(server.hosts) == {"localhost", "db.example", "api"}

    def test_a_container_without_network_knows_nobody(self) -> None:
        task = Simulation({"name": "app", "disableNetworking": True}).running()

        assert task.engine.container(ARN, "app").hosts == {"localhost": "127.0.0.1"}


class TestEnding:
    def test_reverse_link_order(self) -> None:
        slow = {"signals": {"SIGTERM": Reaction(7, after=1)}}
        task = Simulation(
            {"name": "web", "links": ["db"], "script": slow},
            {"name": "db"},
            {"name": "side", "script": {"signals": {}}},
        ).running()
        start = task.driver.now
        task.kill("side").stopped()

        assert task.order[4:] == [
            ("side", "STOPPED"),
            ("web", "STOPPED"),
            ("db", "STOPPED"),
            ("task", "STOPPED"),
        ]
        assert [t - start for t in task.times[4:]] == pytest.approx([0, 1, 1, 1])
        codes = [task.container(n).exit_code for n in ("side", "web", "db")]
        assert codes == [137, 7, 0]

    def test_one_that_ignores_its_signal_is_killed_after_its_timeout(self) -> None:
        task = Simulation({"name": "app", "script": {"signals": {}}, "stopTimeout": 2}).running()
        start = task.driver.now
        task.stop().stopped()

        assert task.driver.now - start == pytest.approx(2)
        assert task.container("app").exit_code == 137

    def test_one_that_exits_by_itself_while_it_is_being_stopped(self) -> None:
        task = Simulation(
            {"name": "app", "script": {"signals": {}, "exit_after": 2, "exit_code": 5}}
        ).running()
        task.stop().stopped()

        assert task.container("app").exit_code == 5

    def test_one_that_is_killed_while_it_is_being_stopped(self) -> None:
        task = Simulation({"name": "app", "script": {"signals": {}}}).running()
        task.stop()
        task.driver.advance(until=task.driver.now + 1)
        task.oom("app").stopped()

        assert task.driver.now == pytest.approx(2.4)
        assert task.container("app").reason == reasons.OUT_OF_MEMORY

    def test_signals(self) -> None:
        task = Simulation(
            {"name": "app", "script": {"signals": {"SIGUSR1": Reaction(42)}}},
            {"name": "initd", "linuxParameters": {"initProcessEnabled": True}, "essential": False},
        ).running()
        task.kill("app", "TERM").kill("initd", "WINCH").kill("initd", "HUP").settled()

        assert task.container("app").status.name == "RUNNING"
        assert task.container("initd").exit_code == 129
        task.kill("app", "10").stopped()
        assert task.container("app").exit_code == 42

    def test_another_stop_signal(self) -> None:
        script = {"stop_signal": "SIGQUIT", "signals": {"SIGQUIT": Reaction(3)}}
        task = Simulation({"name": "app", "script": script}).running().stop().stopped()

        assert task.container("app").exit_code == 3

    def test_stopping_that_fails(self) -> None:
        task = Simulation({"name": "app", "script": {"stop_error": "no"}}).running().stop()

        assert task.stopped().container("app").reason == (
            "CannotStopContainerError: Error response from daemon: no"
        )

    def test_a_link_to_a_container_without_a_network(self) -> None:
        task = Simulation(
            {"name": "web", "links": ["db"]}, {"name": "db", "disableNetworking": True}
        ).stopped()

        reason = task.container("web").reason or ""
        assert re.fullmatch(
            BROKEN
            + r"Cannot link to /ecs-\S+-db-\S+, as it does not belong to the default network",
            reason,
        )

    def test_what_does_not_run_cannot_be_killed(self) -> None:
        task = Simulation({"name": "app", "script": {"exit_after": 0}}).stopped()

        with pytest.raises(TaskError, match="is not running"):
            task.kill("app")
        with pytest.raises(TaskError, match="never created"):
            task.kill("nope")


class TestMemory:
    def test_above_the_hard_limit(self) -> None:
        script = {"memory": ((0, 10), (3, 17))}
        task = Simulation({"name": "app", "script": script}).stopped()

        ended = task.container("app")
        assert (ended.exit_code, ended.reason) == (137, reasons.OUT_OF_MEMORY)
        assert task.driver.now == pytest.approx(4.4)

    def test_swap_is_room_too(self) -> None:
        swap = {"linuxParameters": {"maxSwap": 8}}
        task = Simulation({"name": "app", **swap, "script": {"memory": ((0, 17),)}})

        assert task.settled().order[-1] == ("task", "RUNNING")

    def test_without_a_limit_there_is_nothing_to_exceed(self) -> None:
        task = Simulation(
            {
                "name": "app",
                "memory": None,
                "memoryReservation": 8,
                "script": {"memory": ((0, 99),)},
            }
        ).settled()

        assert task.order[-1] == ("task", "RUNNING")
        with pytest.raises(TaskError, match="has no hard limit"):
            task.oom("app")


class TestHealth:
    CHECK = {"command": ["CMD", "true"], "interval": 10}  # noqa: RUF012

    def test_after_the_first_interval_unless_the_script_says_else(self) -> None:
        task = Simulation(
            {"name": "a", "healthCheck": self.CHECK},
            {
                "name": "b",
                "healthCheck": self.CHECK,
                "script": {"health": ((2, "HEALTHY"), (50, "UNHEALTHY"))},
            },
            {
                "name": "late",
                "dependsOn": [
                    {"containerName": "a", "condition": "HEALTHY"},
                    {"containerName": "b", "condition": "HEALTHY"},
                ],
            },
        ).settled()

        assert task.when("late", "RUNNING") == pytest.approx(11.4 + 1.4)
        assert task.container("b").health == "UNHEALTHY"
        assert task.order[-1] == ("b", "RUNNING"), "it stops nothing"


def test_a_task_that_is_discarded_is_forgotten() -> None:
    task = Simulation({"name": "app", "portMappings": [{"containerPort": 80}]}).running()
    task.driver.discard(ARN)
    task.settled()

    assert task.order[-1] == ("task", "RUNNING")
    with pytest.raises(TaskError, match="never created"):
        task.engine.container(ARN, "app")


def test_waiting_ends_when_nothing_more_will_happen() -> None:
    task = Simulation({"name": "app"})

    assert task.driver.run_until(lambda: ("task", "RUNNING") in task.order, until=1) is False
    assert task.driver.run_until(lambda: ("task", "STOPPED") in task.order) is False


def test_a_range_of_ports_is_one_binding() -> None:
    ports = [{"containerPortRange": "8000-8002"}, {"containerPort": 9}]
    bindings = (
        Simulation({"name": "app", "portMappings": ports}).running().container("app").bindings
    )

    assert [(b.container_port_range, b.host_port_range) for b in bindings] == [
        (None, None),
        ("8000-8002", "32768-32770"),
    ]
    assert (bindings[0].container_port, bindings[0].host_port) == (9, 32771)


class TestDeadLinks:
    """Docker runs no health check of a container that links to a dead one."""

    def run(self, **script: object) -> Simulation:
        check = {"command": ["CMD", "true"], "interval": 10, "retries": 3}
        return Simulation(
            {"name": "web", "links": ["db"], "healthCheck": check, "script": script},
            {"name": "db", "essential": False, "script": {"exit_after": 20}},
        ).settled()

    def test_a_healthy_container_becomes_unhealthy_and_runs_on(self) -> None:
        task = self.run()

        assert task.container("web").health == "UNHEALTHY"
        assert task.driver.now == pytest.approx(1.4 + 20 + 30)
        assert task.container("web").status.name == "RUNNING"

    def test_one_that_would_get_well_does_not(self) -> None:
        assert self.run(health=((60, "HEALTHY"),)).container("web").health == "UNHEALTHY"


def test_containers_that_share_namespaces_wait_for_one_that_nobody_is_told_of() -> None:
    task = Simulation({"name": "app"}, pid_mode="task").running()

    assert task.order == [("app", "RUNNING"), ("task", "RUNNING")]
    assert task.driver.now == pytest.approx(2.8)
    assert task.stop().stopped().order[2:] == [("app", "STOPPED"), ("task", "STOPPED")]
