"""The agent on a real Docker Engine, beside the rows of ``tests/conformance``.

What is of this project: what is lent to tasks, broken event streams, discarding and closing.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docker import DockerClient
from support.tasks import obeys
from support.waiting import until

SLEEP = {"command": obeys()}
STUBBORN = {"command": ["sh", "-c", "trap '' TERM; while true; do sleep 0.2; done"]}
LENT = "CannotCreateContainerError: multidocker does not lend this machine to a task: "


def sh(script: str) -> dict[str, Any]:
    return {"command": ["sh", "-c", script]}


def mounted(volume: str, path: str) -> dict[str, Any]:
    return {"sourceVolume": volume, "containerPath": path}


class TestNames:
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

    @pytest.mark.parametrize("way", ["kill", "remove_container"])
    def test_a_container_that_others_end_has_died(self, tasks: Any, way: str) -> None:
        task = tasks.run({"name": "app", **SLEEP}, {"name": "b", **SLEEP}).running()

        options = {"force": True} if way == "remove_container" else {}
        getattr(tasks.client.api, way)(task.docker_name("app"), **options)
        task.stopped()

        app = task.container("app")
        assert app.exit_code == 137
        if app.reason is not None:  # it was gone before the agent could look at it
            assert way == "remove_container"
            assert app.reason == (
                "CannotInspectContainerError: Error response from daemon: "
                f"No such container: {task.docker_name('app')}"
            )
        assert task.container("b").exit_code == 0

    def test_one_that_others_start_again_is_stopped_again_once(self, tasks: Any) -> None:
        task = tasks.run(
            {"name": "job", "essential": False, **SLEEP}, {"name": "app", **SLEEP}
        ).running()
        tasks.client.api.kill(task.docker_name("job"), "TERM")
        task.wait("job", "STOPPED")
        told = task.order()

        tasks.client.api.start(task.docker_name("job"))
        ended = tasks.client.api.wait(task.docker_name("job"), timeout=10)

        assert ended["StatusCode"] in {0, 137}  # 137 if its trap did not stand yet
        tasks.client.api.start(task.docker_name("job"))
        assert task.order() == told
        task.stop().stopped()
        assert task.inspect("job")["State"]["Running"]  # as the agent leaves it

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

    @pytest.mark.parametrize("moved", ["sub", "sub/deep"])
    def test_no_link_that_a_container_puts_there_leads_docker_astray(
        self, moved: str, tasks: Any, tmp_path: Path
    ) -> None:
        """Docker follows a bind's path at each start: here after one container has moved it."""
        (tmp_path / "deep").mkdir()
        (tmp_path / "secret").write_text("of the host\n")
        move = f"mv /all/{moved} /all/{moved}.old; ln -s {tmp_path} /all/{moved}; echo moved"
        look = "echo round; ls /sub; touch /sub/written; sleep 2"
        task = tasks.run(
            {"name": "thief", "mountPoints": [mounted("all", "/all")], **sh(f"{move}; sleep 60")},
            {
                "name": "victim",
                "essential": False,
                "restartPolicy": {"enabled": True, "restartAttemptPeriod": 1},
                "mountPoints": [mounted("sub", "/sub")],
                **sh(look),
            },
            volumes=[
                {"name": "all", "host": {"sourcePath": "/var/app/current"}},
                {"name": "sub", "host": {"sourcePath": "/var/app/current/sub/deep"}},
            ],
        ).running()
        task.said("thief", "moved")
        seen = task.logs("victim").count("round")
        until(lambda: task.logs("victim").count("round") >= seen + 2)  # one has begun after that

        assert "secret" not in task.logs("victim")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "secret"]
        assert list((tmp_path / "deep").iterdir()) == []

    def test_a_shared_volume_of_somebody_else_is_not_lent(
        self, tasks: Any, docker_client: DockerClient
    ) -> None:
        mounts = [{"sourceVolume": "multidocker-foreign", "containerPath": "/x"}]
        shared = {"scope": "shared", "autoprovision": True}
        volumes = [{"name": "multidocker-foreign", "dockerVolumeConfiguration": shared}]
        foreign = docker_client.volumes.create("multidocker-foreign")
        try:
            task = tasks.run({"name": "app", "mountPoints": mounts}, volumes=volumes).stopped()
            assert task.container("app").runtime_id is None
            assert '"volume:multidocker-foreign"' in task.task_report().reason
        finally:
            foreign.remove()


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
            until(lambda port=port: b"served" in _http(port))  # type: ignore[misc]

    def test_one_that_is_restarted_keeps_its_host_port(self, tasks: Any) -> None:
        task = tasks.run(
            {
                "name": "app",
                "portMappings": [{"containerPort": 80, "hostPort": 80}],
                "restartPolicy": {"enabled": True, "restartAttemptPeriod": 1},
                **sh("echo served > /index.html; httpd -h /; sleep 2; exit 4"),
            }
        ).running()
        (binding,) = task.container("app").bindings

        until(lambda: task.state.containers["app"].restart_count == 1)

        until(lambda: b"served" in _http(binding.host_port))


class TestEvents:
    def test_one_that_others_rename_is_not_lost(self, tasks: Any) -> None:
        a, b = {"name": "a", "essential": False, **SLEEP}, {"name": "b", **SLEEP}
        task = tasks.run(a, b).running()
        for name in ("a", "b"):
            tasks.client.api.rename(task.docker_name(name), f"other-{task.docker_name(name)}")

        tasks.client.api.kill(f"other-{task.docker_name('a')}")
        task.wait("a", "STOPPED")
        assert task.container("a").exit_code == 137
        assert task.stop().stopped().container("b").exit_code == 0

    def test_what_another_was_killed_for_is_not_its_reason(self, tasks: Any) -> None:
        eat = "dd if=/dev/zero of=/dev/null bs=64M count=1; echo killed; sleep 60"
        hog = tasks.run({"name": "hog", **sh(eat)}).running()
        hog.said("hog", "killed")
        app = {"name": "app", **sh("exit 137")}

        assert tasks.run(app).stopped().container("app").reason is None
        unlimited = {"memory": None, "memoryReservation": 16}
        assert tasks.run({**app, **unlimited}).stopped().container("app").reason is None

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
    def test_a_task_can_be_discarded_at_once(self, tasks: Any) -> None:
        task = tasks.run({"name": "a", **STUBBORN}, {"name": "b", **STUBBORN}).running()
        tasks.driver.discard(task.arn)

        until(lambda: task.left() == [])
        assert not task.is_stopped

    def test_a_task_that_is_discarded_while_it_starts_leaves_nothing(self, tasks: Any) -> None:
        definitions = [{"name": f"c{i}", **SLEEP} for i in range(4)]
        task = tasks.run(*definitions, {"name": "web", "links": ["c0"], **SLEEP})
        until(lambda: task.left() != [])
        tasks.driver.discard(task.arn)

        until(lambda: task.left() == [] and not _agents_at_work())
        assert task.left() == []

    def test_nothing_appears_after_the_agent_is_closed(self, agent: Any) -> None:
        tasks = agent()
        for _ in range(3):
            task = tasks.run(*({"name": f"c{i}", **SLEEP} for i in range(4)))
        until(lambda: task.left() != [])
        tasks.close()
        until(lambda: not _agents_at_work())

        assert task.left() == []


def _agents_at_work() -> bool:
    return any(thread.name == "agent" for thread in threading.enumerate())


def _http(port: int) -> bytes:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            return connection.makefile("rb").read()
    except OSError:
        return b""
