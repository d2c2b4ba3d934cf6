"""The agent on a real Docker Engine: what it makes Docker do, and what it learns of it."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from docker import DockerClient

SLEEP = {"command": ["sh", "-c", "trap 'exit 0' TERM; sleep 60 & wait"]}
STUBBORN = {"command": ["sh", "-c", "trap '' TERM; while true; do sleep 0.2; done"]}
SHOW_ALL = (
    "hostname; id -u; pwd; echo $GREETING; ulimit -n; cat /etc/resolv.conf /etc/hosts; "
    "touch /x 2>/dev/null || echo read-only; df -m /dev/shm | tail -1"
)
LENT = "CannotCreateContainerError: multidocker does not lend this machine to a task: "
MIB = 1024 * 1024


def sh(script: str) -> dict[str, Any]:
    return {"command": ["sh", "-c", script]}


def at(inspected: dict[str, Any], event: str) -> datetime:
    text = inspected["Created"] if event == "Created" else inspected["State"][event]
    return datetime.fromisoformat(text[:26].rstrip("Z") + "+00:00")


class TestStarting:
    def test_a_link_s_target_runs_before_the_linking_container_is_created(self, tasks: Any) -> None:
        task = tasks.run(
            {"name": "web", "links": ["api", "db:store"], **SLEEP},
            {"name": "api", "links": ["db"], **SLEEP},
            {"name": "db", **SLEEP},
        ).running()

        web, api, db = (task.inspect(name) for name in ("web", "api", "db"))
        assert at(web, "Created") >= at(api, "StartedAt")
        assert at(api, "Created") >= at(db, "StartedAt")
        assert task.order() == [
            ("db", "RUNNING"),
            ("api", "RUNNING"),
            ("web", "RUNNING"),
            ("task", "RUNNING"),
        ]

    def test_names_and_labels_are_the_agent_s(self, tasks: Any) -> None:
        task = tasks.run(
            {
                "name": "web_app",
                "dockerLabels": {"team": "red", "com.amazonaws.ecs.cluster": "mine"},
                **SLEEP,
            }
        ).running()

        inspected = task.inspect("web_app")
        revision = task.identity.definition.revision
        assert re.fullmatch(f"/ecs-fam-{revision}-webapp-[0-9a-f]{{20}}", inspected["Name"])
        labels = inspected["Config"]["Labels"]
        assert labels["team"] == "red"
        assert labels["com.amazonaws.ecs.cluster"] == task.identity.cluster
        assert labels["com.amazonaws.ecs.container-name"] == "web_app"
        assert labels["com.amazonaws.ecs.task-arn"] == task.arn
        assert task.container("web_app").runtime_id == inspected["Id"]

    def test_overridden_and_own_settings_reach_the_container(self, tasks: Any) -> None:
        task = tasks.run(
            {
                "name": "app",
                "entryPoint": ["sh", "-c"],
                "command": [SHOW_ALL],
                "hostname": "foobarbaz",
                "user": "65534",
                "workingDirectory": "/var",
                "environment": [{"name": "GREETING", "value": "hello $HOME"}],
                "ulimits": [{"name": "nofile", "softLimit": 123, "hardLimit": 234}],
                "dnsServers": ["192.0.2.4"],
                "dnsSearchDomains": ["corp.example"],
                "extraHosts": [{"hostname": "printer", "ipAddress": "192.0.2.9"}],
                "readonlyRootFilesystem": True,
                "linuxParameters": {"sharedMemorySize": 100, "initProcessEnabled": True},
            }
        ).stopped()

        lines = task.logs("app").splitlines()
        assert lines[:5] == ["foobarbaz", "65534", "/var", "hello $HOME", "123"]
        assert "nameserver 192.0.2.4" in lines
        assert "search corp.example" in lines
        assert "192.0.2.9\tprinter" in lines
        assert "read-only" in lines
        assert lines[-1].split()[1] == "100"
        assert task.inspect("app")["HostConfig"]["Init"] is True

    def test_a_container_without_network_has_none(self, tasks: Any) -> None:
        task = tasks.run({"name": "app", "disableNetworking": True, **sh("ls /sys/class/net")})

        assert task.stopped().logs("app").split() == ["lo"]


class TestNames:
    def test_a_link_is_a_line_in_the_hosts_file_and_nothing_else(self, tasks: Any) -> None:
        task = tasks.run(
            {"name": "web", "links": ["server:backend"], **SLEEP},
            {"name": "server", "hostname": "api", **SLEEP},
            {"name": "other", **SLEEP},
        ).running()

        address = task.inspect("server")["NetworkSettings"]["IPAddress"]
        _, hosts = task.exec("web", "cat /etc/hosts")
        assert f"{address}\tbackend api {task.docker_name('server')}" in hosts.splitlines()
        for name in ("backend", "api", task.docker_name("server")):
            assert task.exec("web", f"ping -c1 -W1 {name}")[0] == 0, name
        for name in ("server", "other", "web.bridge"):
            code, output = task.exec("web", f"ping -c1 -W1 {name}")
            assert (code, output) == (1, f"ping: bad address '{name}'\n")
        for linked in ("server", "other"):  # no way back, and none without a link
            assert "web" not in task.exec(linked, "cat /etc/hosts")[1]

    def test_without_an_alias_the_name_is_it(self, tasks: Any) -> None:
        task = tasks.run(
            {"name": "web", "links": ["db"], **SLEEP}, {"name": "db", **SLEEP}
        ).running()

        assert task.exec("web", "ping -c1 -W1 db")[0] == 0

    def test_managed_databases_are_extra_hosts(self, agent: Any) -> None:
        hosts = {"pg.abc.us-east-1.rds.amazonaws.com": "192.0.2.1", "printer": "192.0.2.2"}
        tasks = agent(extra_hosts=lambda: hosts)
        task = tasks.run(
            {
                "name": "app",
                "extraHosts": [{"hostname": "printer", "ipAddress": "192.0.2.3"}],
                **sh("cat /etc/hosts"),
            }
        ).stopped()

        lines = task.logs("app").splitlines()
        assert "192.0.2.1\tpg.abc.us-east-1.rds.amazonaws.com" in lines
        assert "192.0.2.3\tprinter" in lines
        assert "192.0.2.2\tprinter" not in lines


class TestEnding:
    @pytest.mark.parametrize("code", [0, 42])
    def test_an_essential_exit_stops_the_others_in_reverse_link_order(
        self, tasks: Any, code: int
    ) -> None:
        task = tasks.run(
            {
                "name": "web",
                "links": ["api"],
                **sh("trap 'sleep 0.3; exit 7' TERM; sleep 60 & wait"),
            },
            {
                "name": "api",
                "links": ["db"],
                **sh("trap 'sleep 0.3; exit 8' TERM; sleep 60 & wait"),
            },
            {"name": "db", **sh("trap 'exit 9' TERM; sleep 60 & wait")},
            {"name": "side", **sh(f"trap 'exit {code}' USR1; sleep 60 & wait")},
        ).running()

        tasks.client.api.kill(task.docker_name("side"), "USR1")
        task.stopped()

        codes = {n: task.container(n).exit_code for n in ("web", "api", "db", "side")}
        assert codes == {"web": 7, "api": 8, "db": 9, "side": code}
        ends = [at(task.inspect(name), "FinishedAt") for name in ("side", "web", "api", "db")]
        assert ends == sorted(ends)
        assert task.order()[5:] == [
            ("side", "STOPPED"),
            ("web", "STOPPED"),
            ("api", "STOPPED"),
            ("db", "STOPPED"),
            ("task", "STOPPED"),
        ]
        report = task.task_report()
        assert report.execution_stopped_at == pytest.approx(ends[0].timestamp(), abs=0.01)
        assert report.pull_started_at is not None
        assert report.pull_stopped_at is not None
        assert report.pull_started_at <= report.pull_stopped_at <= report.execution_stopped_at

    def test_the_others_get_their_signal_within_milliseconds(self, tasks: Any) -> None:
        began = time.time()
        task = tasks.run(
            {"name": "a", **SLEEP}, {"name": "b", **SLEEP}, {"name": "c", **SLEEP}
        ).running()

        tasks.client.api.kill(task.docker_name("a"))
        task.stopped()

        events = list(
            tasks.client.api.events(
                since=int(began),
                until=int(time.time()) + 1,
                decode=True,
                filters={"label": f"com.amazonaws.ecs.task-arn={task.arn}"},
            )
        )
        died = _event_time(events, "die", task.docker_name("a"))
        for name in ("b", "c"):
            delay = _event_time(events, "kill", task.docker_name(name)) - died
            assert delay < 0.1, delay  # 10 to 20 ms; 100 and more if Docker were asked how it died

    def test_sigkill_comes_after_the_stop_timeout(self, tasks: Any) -> None:
        task = tasks.run({"name": "app", "stopTimeout": 2, **STUBBORN}).running()

        asked = time.monotonic()
        task.stop().stopped()

        assert 2 <= time.monotonic() - asked <= 3.5
        assert task.container("app").exit_code == 137
        assert task.container("app").reason is None

    def test_containers_that_do_not_wait_for_each_other_stop_together(self, tasks: Any) -> None:
        stubborn = [{"name": f"c{i}", "stopTimeout": 1, **STUBBORN} for i in range(4)]
        task = tasks.run(*stubborn).running()

        asked = time.monotonic()
        task.stop().stopped()

        assert time.monotonic() - asked < 2.5

    def test_a_container_that_is_not_essential_stops_alone(self, tasks: Any) -> None:
        task = tasks.run(
            {"name": "app", **SLEEP}, {"name": "job", "essential": False, **sh("exit 5")}
        )
        task.wait("job", "STOPPED").running()

        assert task.container("job").exit_code == 5
        assert not task.is_stopped
        assert task.inspect("app")["State"]["Running"]

    @pytest.mark.parametrize("after", [0, 0.1, 0.2, 0.3, 0.4])
    def test_out_of_memory_has_its_own_reason(self, tasks: Any, after: float) -> None:
        # Several times: Docker itself often overlooks it.
        task = tasks.run(
            {
                "name": "app",
                "memory": 8,
                **sh(f"sleep {after}; exec dd if=/dev/zero of=/dev/null bs=64M"),
            }
        ).stopped()

        app = task.container("app")
        assert app.exit_code == 137
        assert app.reason == "OutOfMemoryError: Container killed due to memory usage"

    @pytest.mark.parametrize("way", ["kill", "remove_container"])
    def test_a_container_that_others_end_has_died(self, tasks: Any, way: str) -> None:
        task = tasks.run({"name": "app", **SLEEP}, {"name": "b", **SLEEP}).running()

        options = {"force": True} if way == "remove_container" else {}
        getattr(tasks.client.api, way)(task.docker_name("app"), **options)
        task.stopped()

        assert (task.container("app").exit_code, task.container("app").reason) == (137, None)
        assert task.container("b").exit_code == 0

    def test_a_stop_while_it_starts_leaves_nothing_running(self, tasks: Any) -> None:
        task = tasks.run({"name": "web", "links": ["db"], **SLEEP}, {"name": "db", **SLEEP})
        task.stop().stopped()

        states = tasks.client.api.containers(
            all=True, filters={"label": f"com.amazonaws.ecs.task-arn={task.arn}"}
        )
        assert {state["State"] for state in states} <= {"created", "exited"}


def _event_time(events: list[dict[str, Any]], action: str, name: str) -> float:
    (event,) = [
        e for e in events if e["Action"] == action and e["Actor"]["Attributes"]["name"] == name
    ]
    return float(event["timeNano"]) / 1e9


class TestFailing:
    def test_a_command_that_is_not_there(self, tasks: Any) -> None:
        task = tasks.run({"name": "app", "command": ["/nope"]}, {"name": "b", **SLEEP}).stopped()

        app = task.container("app")
        assert app.exit_code is None
        assert app.reason is not None
        assert app.reason.startswith("CannotStartContainerError: Error response from daemon: ")
        assert '"/nope"' in app.reason

    def test_a_host_port_that_is_taken(self, agent: Any) -> None:
        port = free_port()
        ports = [{"containerPort": 80, "hostPort": port}]
        task = agent(fixed_ports=True).run(
            {"name": "a", "portMappings": ports, **SLEEP},
            {"name": "b", "portMappings": ports, "links": ["a"], **SLEEP},
        )

        b = task.stopped().container("b")
        assert b.exit_code is None
        assert b.reason is not None
        assert b.reason.startswith("CannotStartContainerError: Error response from daemon: ")
        assert b.reason.endswith(f"Bind for 0.0.0.0:{port} failed: port is already allocated")
        assert task.container("a").exit_code == 0

    def test_less_memory_than_docker_gives(self, tasks: Any) -> None:
        task = tasks.run({"name": "app", "memory": 4, **SLEEP}).stopped()

        app = task.container("app")
        assert (app.exit_code, app.runtime_id) == (None, None)
        assert app.reason == (
            "CannotCreateContainerError: Error response from daemon: "
            "Minimum memory limit allowed is 6MB"
        )

    def test_the_reason_of_a_pull_that_failed_stays(self, tasks: Any) -> None:
        task = tasks.run({"name": "app", "image": "127.0.0.1:1/nothing:1"}).stopped()

        app = task.container("app")
        assert app.exit_code is None
        assert app.reason is not None
        assert app.reason.startswith(
            "CannotPullContainerError: Error response from daemon: "
            'Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused'
        )

    def test_an_image_name_that_docker_cannot_read(self, tasks: Any) -> None:
        task = tasks.run({"name": "app", "image": "Upper/Case"}).stopped()

        assert task.container("app").reason == (
            "CannotPullContainerError: Error response from daemon: invalid reference format: "
            "repository name must be lowercase"
        )

    def test_what_waits_for_a_container_that_never_starts_gets_143(self, tasks: Any) -> None:
        task = tasks.run(
            {"name": "app", **SLEEP},
            {"name": "web", "essential": False, "links": ["db"], **SLEEP},
            {"name": "db", "essential": False, "command": ["/nope"]},
        )
        task.wait("web", "STOPPED")

        web = task.container("web")
        assert web.exit_code == 143
        assert web.reason is not None
        assert web.reason.startswith(
            "CannotStartContainerError: dependency graph: failed to resolve container ordering "
            "dependency [db("
        )
        assert web.reason.endswith("because dependency will never start")
        assert not task.is_stopped

    def test_a_link_to_what_has_exited_is_refused_by_docker(self, tasks: Any) -> None:
        task = tasks.run(
            {
                "name": "web",
                "links": ["db"],
                "dependsOn": [{"containerName": "db", "condition": "SUCCESS"}],
                **SLEEP,
            },
            {"name": "db", "essential": False, **sh("exit 0")},
        ).stopped()

        web = task.container("web")
        assert web.exit_code is None
        assert web.reason is not None
        assert "Cannot link to a non running container: " in web.reason

    @pytest.mark.parametrize(
        ("definition", "volumes", "reason"),
        [
            ({"privileged": True}, [], "app asks for privileged mode"),
            (
                {"linuxParameters": {"capabilities": {"add": ["SYS_ADMIN"]}}},
                [],
                "app asks for more capabilities",
            ),
            (
                {"mountPoints": [{"sourceVolume": "v", "containerPath": "/host"}]},
                [{"name": "v", "host": {"sourcePath": "/var/run/docker.sock"}}],
                "volume v asks for the host path /var/run/docker.sock",
            ),
        ],
    )
    def test_what_was_not_allowed_is_refused(
        self, tasks: Any, definition: dict[str, Any], volumes: list[Any], reason: str
    ) -> None:
        task = tasks.run({"name": "app", **SLEEP, **definition}, volumes=volumes).stopped()

        app = task.container("app")
        assert app.reason is not None
        assert app.reason.startswith(LENT + reason)
        assert (app.exit_code, task.left()) == (None, [])


class TestVolumes:
    def test_an_empty_volume_is_shared_in_the_task_and_goes_with_it(self, agent: Any) -> None:
        tasks = agent(keep_stopped=0)
        mount = [{"sourceVolume": "data", "containerPath": "/data"}]
        writer = sh("echo one > /data/x; trap 'exit 0' TERM; sleep 60 & wait")
        reader = sh("while [ ! -s /data/x ]; do sleep 0.05; done; cat /data/x; exec sleep 60")
        definitions = (
            {"name": "w", "mountPoints": mount, **writer},
            {"name": "r", "mountPoints": mount, "stopTimeout": 1, **reader},
        )
        task = tasks.run(*definitions, volumes=[{"name": "data"}]).running()
        other = tasks.run(*definitions, volumes=[{"name": "data"}]).running()

        _until(lambda: task.logs("r") == "one\n")
        names = [t.inspect("w")["Mounts"][0]["Name"] for t in (task, other)]
        assert names[0] != names[1]
        assert re.fullmatch("ecs-fam-1-data-[0-9a-f]{20}", names[0])
        task.stop().stopped()
        _until(lambda: task.left() == [])
        assert len(other.left()) == 3

    def test_the_bundle_and_the_logs_are_folders_of_ours(self, tasks: Any) -> None:
        (tasks.project / "conf").mkdir()
        (tasks.project / "conf" / "x").write_text("from the project\n")
        task = tasks.run(
            {
                "name": "app",
                "mountPoints": [
                    {"sourceVolume": "conf", "containerPath": "/conf", "readOnly": True},
                    {"sourceVolume": "logs", "containerPath": "/logs"},
                ],
                **sh("cat /conf/x; touch /conf/y 2>&1; echo line > /logs/app.log"),
            },
            volumes=[
                {"name": "conf", "host": {"sourcePath": "/var/app/current/conf"}},
                {"name": "logs", "host": {"sourcePath": "/var/log/containers/app"}},
            ],
        ).stopped()

        assert task.logs("app") == "from the project\ntouch: /conf/y: Read-only file system\n"
        assert (tasks.logs / "app" / "app.log").read_text() == "line\n"

    def test_volumes_from_needs_its_source_only_created(self, tasks: Any) -> None:
        mount = [{"sourceVolume": "data", "containerPath": "/data"}]
        task = tasks.run(
            {
                "name": "ro",
                "essential": False,
                "volumesFrom": [{"sourceContainer": "src", "readOnly": True}],
                **sh("touch /data/x || exit 42"),
            },
            {
                "name": "rw",
                "essential": False,
                "volumesFrom": [{"sourceContainer": "src"}],
                **sh("touch /data/x"),
            },
            {"name": "src", "mountPoints": mount, **SLEEP},
            volumes=[{"name": "data"}],
        )
        task.wait("ro", "STOPPED").wait("rw", "STOPPED")

        assert (task.container("ro").exit_code, task.container("rw").exit_code) == (42, 0)

    def test_a_volume_that_is_not_declared(self, tasks: Any) -> None:
        mounts = [{"sourceVolume": "nope", "containerPath": "/x"}]
        task = tasks.run({"name": "app", "mountPoints": mounts}).stopped()

        assert task.container("app").reason == ("HostConfigError: Invalid volume referenced: nope")

    def test_a_shared_volume_is_the_run_s_and_nobody_else_s(
        self, tasks: Any, docker_client: DockerClient
    ) -> None:
        mounts = [{"sourceVolume": "multidocker-test", "containerPath": "/x"}]
        shared = {"scope": "shared", "autoprovision": True}
        volumes = [{"name": "multidocker-test", "dockerVolumeConfiguration": shared}]
        for expected in ("", "1\n"):
            script = sh("cat /x/n; echo 1 > /x/n; true")
            task = tasks.run({"name": "app", "mountPoints": mounts, **script}, volumes=volumes)
            assert task.stopped().logs("app") == expected

        foreign = docker_client.volumes.create("multidocker-foreign")
        try:
            mounts[0]["sourceVolume"] = volumes[0]["name"] = foreign.name
            task = tasks.run({"name": "app", "mountPoints": mounts}, volumes=volumes).stopped()
            assert task.container("app").runtime_id is None
            assert '"volume:multidocker-foreign"' in task.task_report().reason
        finally:
            foreign.remove()


class TestResources:
    def test_limits_are_as_docker_has_them(self, tasks: Any) -> None:
        task = tasks.run(
            {"name": "hard", "memory": 64, "memoryReservation": 32, "cpu": 10, **SLEEP},
            {"name": "soft", "memory": None, "memoryReservation": 32, "cpu": 1, **SLEEP},
        ).running()

        def limits(name: str) -> tuple[int, ...]:
            config = task.inspect(name)["HostConfig"]
            members = ("Memory", "MemoryReservation", "MemorySwap", "CpuShares")
            return tuple(config[member] for member in members)

        assert limits("hard") == (64 * MIB, 32 * MIB, 64 * MIB, 10)
        assert limits("soft") == (0, 32 * MIB, 0, 2)


class TestPorts:
    def test_free_ports_are_bound_and_reported_without_ipv6(self, tasks: Any) -> None:
        task = tasks.run(
            {
                "name": "app",
                "portMappings": [
                    {"containerPort": 80, "hostPort": 80},
                    {"containerPort": 80},
                    {"containerPort": 53, "hostPort": 0, "protocol": "udp"},
                ],
                **sh("trap 'exit 0' TERM; echo served > /index.html; httpd -f -h / & wait"),
            }
        ).running()

        bindings = task.container("app").bindings
        assert sorted((b.container_port, b.protocol, b.bind_ip) for b in bindings) == [
            (53, "udp", "0.0.0.0"),
            (80, "tcp", "0.0.0.0"),
            (80, "tcp", "0.0.0.0"),
        ]
        ports = {b.host_port for b in bindings if b.protocol == "tcp"}
        assert len(ports) == 2
        assert min(ports) > 1024
        for port in ports:
            _until(lambda port=port: b"served" in _http(port))  # type: ignore[misc]

    def test_declared_ports_are_used_if_asked_for(self, agent: Any) -> None:
        port = free_port()
        task = (
            agent(fixed_ports=True)
            .run(
                {"name": "app", "portMappings": [{"containerPort": 80, "hostPort": port}], **SLEEP}
            )
            .running()
        )

        (binding,) = task.container("app").bindings
        assert (binding.host_port, binding.container_port, binding.protocol) == (port, 80, "tcp")


class TestHealth:
    def test_health_is_reported_and_stops_nothing(self, tasks: Any) -> None:
        check = {"interval": 1, "timeout": 1, "retries": 1}
        task = tasks.run(
            {
                "name": "app",
                "healthCheck": {"command": ["CMD-SHELL", "test -e /ok"], **check},
                **sh("touch /ok; trap 'exit 0' TERM; sleep 60 & wait"),
            },
            {
                "name": "late",
                "essential": False,
                "dependsOn": [{"containerName": "app", "condition": "HEALTHY"}],
                **SLEEP,
            },
        )
        task.wait("late", "RUNNING")
        assert task.container("app").health == "HEALTHY"

        task.exec("app", "rm /ok")
        tasks.wait(lambda: task.container("app").health == "UNHEALTHY")
        assert task.inspect("app")["Config"]["Healthcheck"] == {
            "Test": ["CMD-SHELL", "test -e /ok"],
            "Interval": 1_000_000_000,
            "Timeout": 1_000_000_000,
            "Retries": 1,
        }
        assert not task.is_stopped


class TestEvents:
    def test_a_stream_that_breaks_is_taken_up_again(
        self, tasks: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        task = tasks.run(
            {"name": "a", "essential": False, **SLEEP},
            {"name": "b", "essential": False, **SLEEP},
            {"name": "c", "essential": False, **SLEEP},
            {"name": "app", **SLEEP},
        ).running()

        # Nothing is heard meanwhile of one that is killed and of one that is removed.
        resume = _break_stream(tasks)
        tasks.client.api.kill(task.docker_name("a"))
        tasks.client.api.remove_container(task.docker_name("b"), force=True)
        resume()
        task.wait("a", "STOPPED").wait("b", "STOPPED")
        assert (task.container("a").exit_code, task.container("b").exit_code) == (137, None)

        tasks.client.api.kill(task.docker_name("c"))
        task.wait("c", "STOPPED")
        assert not task.is_stopped

    def test_many_at_once_need_no_more_connections_than_are_kept(
        self, tasks: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        stubborn = [{"name": f"c{i}", "memory": 8, "stopTimeout": 1, **STUBBORN} for i in range(14)]
        task = tasks.run(*stubborn).running()
        task.stop().stopped()

        assert [r.getMessage() for r in caplog.records if "pool is full" in r.getMessage()] == []


def _break_stream(tasks: Any) -> Callable[[], None]:
    """Cut the agent off from Docker's events; return what lets it reach them again."""
    api = tasks.client.api
    events, reconnect = api.events, threading.Event()

    def wait_first(**options: Any) -> Any:
        assert reconnect.wait(10)
        return events(**options)

    api.events = wait_first
    watcher = tasks.engine._lifecycle.watcher
    watcher._stream.close()

    def resume() -> None:
        api.events = events
        reconnect.set()

    return resume


class TestCleaningUp:
    def test_a_stopped_task_is_removed_when_its_time_has_come(self, agent: Any) -> None:
        tasks = agent(keep_stopped=0.3)
        task = tasks.run({"name": "app", **sh("exit 0")}).stopped()
        assert len(task.left()) == 1

        _until(lambda: task.left() == [], timeout=3)

    def test_a_task_can_be_discarded_at_once(self, tasks: Any) -> None:
        task = tasks.run({"name": "a", **STUBBORN}, {"name": "b", **STUBBORN}).running()
        tasks.driver.discard(task.arn)

        _until(lambda: task.left() == [], timeout=5)
        assert not task.is_stopped

    def test_a_task_that_is_discarded_while_it_starts_leaves_nothing(self, tasks: Any) -> None:
        definitions = [{"name": f"c{i}", **SLEEP} for i in range(4)]
        task = tasks.run(*definitions, {"name": "web", "links": ["c0"], **SLEEP})
        _until(lambda: task.left() != [])
        tasks.driver.discard(task.arn)

        _until(lambda: task.left() == [] and not _agents_at_work(), timeout=5)
        assert task.left() == []

    def test_nothing_appears_after_the_agent_is_closed(self, agent: Any) -> None:
        tasks = agent()
        for _ in range(3):
            task = tasks.run(*({"name": f"c{i}", **SLEEP} for i in range(4)))
        _until(lambda: task.left() != [])
        tasks.close()
        _until(lambda: not _agents_at_work())

        assert task.left() == []


def _agents_at_work() -> bool:
    return any(thread.name == "agent" for thread in threading.enumerate())


def _until(done: Callable[[], bool], timeout: float = 5) -> None:
    deadline = time.monotonic() + timeout
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _http(port: int) -> bytes:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            return connection.makefile("rb").read()
    except OSError:
        return b""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
