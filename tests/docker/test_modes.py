"""Tasks that share networks and namespaces: with the host, with each other, or with nobody."""

from __future__ import annotations

import socket
import urllib.request
from typing import Any

import pytest
from support.tasks import obeys

SLEEP = {"command": obeys()}
PAUSE = "~internal~ecs~pause~namespace"


def sh(script: str) -> dict[str, Any]:
    return {"command": ["sh", "-c", script]}


class TestNetworks:
    def test_on_the_host_s_a_port_is_the_host_s_own(self, agent: Any) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        mapping = {"containerPort": port, "hostPort": port}
        serve = sh(f"echo served > /x; exec httpd -f -p 127.0.0.1:{port} -h /")
        task = (
            agent(allow=["host-network"])
            .run({"name": "app", "portMappings": [mapping], **serve}, network_mode="host")
            .running()
        )

        assert task.container("app").bindings == ()
        assert task.inspect("app")["HostConfig"]["NetworkMode"] == "host"
        url = f"http://127.0.0.1:{port}/x"
        task.exec("app", f"until wget -q -O- {url}; do sleep 0.05; done")
        with urllib.request.urlopen(url, timeout=5) as answer:
            assert answer.read() == b"served\n"

    def test_links_are_refused_there(self, agent: Any) -> None:
        task = agent(allow=["host-network"]).run(
            {"name": "web", "links": ["db"], **SLEEP}, {"name": "db", **SLEEP}, network_mode="host"
        )

        assert task.stopped().container("web").reason == (
            "CannotCreateContainerError: Error response from daemon: conflicting options: host "
            "type networking can't be used with links. This would result in undefined behavior"
        )

    @pytest.mark.parametrize(
        ("fields", "mode"), [({}, "none"), ({"disableNetworking": True}, "bridge")]
    )
    def test_without_one_there_is_the_loopback(
        self, tasks: Any, fields: dict[str, Any], mode: str
    ) -> None:
        task = tasks.run({"name": "app", **fields, **sh("ls /sys/class/net")}, network_mode=mode)

        assert task.stopped().logs("app").split() == ["lo"]


class TestNamespaces:
    def test_processes_are_shared_in_a_task(self, tasks: Any) -> None:
        task = tasks.run(
            {"name": "a", **sh("exec sleep 61")}, {"name": "b", **SLEEP}, pid_mode="task"
        ).running()

        assert "sleep 61" in task.exec("b", "ps")[1]
        assert {r.container for r in task.reports if hasattr(r, "container")} == {"a", "b"}
        task.stop().stopped()
        assert not task.inspect(PAUSE)["State"]["Running"]

    def test_shared_memory_is_shared_in_a_task(self, tasks: Any) -> None:
        task = tasks.run(
            {"name": "a", **sh("echo mine > /dev/shm/x; exec sleep 60")},
            {
                "name": "b",
                **sh("until [ -s /dev/shm/x ]; do sleep 0.05; done; cat /dev/shm/x; exec sleep 60"),
            },
            ipc_mode="task",
        ).running()

        tasks.wait(lambda: task.logs("b") == "mine\n" or task.is_stopped, 5)

    def test_the_host_s_are_not_lent_unasked(self, agent: Any) -> None:
        refused = agent().run({"name": "app", **SLEEP}, pid_mode="host").stopped()
        assert '"host-pid"' in refused.container("app").reason

        lent = agent(allow=["host-pid", "host-ipc"]).run(
            {"name": "app", **SLEEP}, pid_mode="host", ipc_mode="host"
        )
        config = lent.running().inspect("app")["HostConfig"]
        assert (config["PidMode"], config["IpcMode"]) == ("host", "host")
