"""The variables of links: those that Docker sets and those that are set in its place are the same.

Docker Engine 20.10 sets them itself. An agent that takes it for version 29 sets them too, and as
the container's own they go before Docker's; what it sets stands in the configuration.
"""

from __future__ import annotations

import re
from typing import Any

from support.tasks import RunTask

SLEEP = {"command": ["sh", "-c", "trap 'exit 0' TERM; sleep 60 & wait"]}
CONTAINERS = (
    {"name": "web", "links": ["api:my-api", "db"], **SLEEP},
    {
        "name": "api",
        "links": ["db:store"],
        "portMappings": [{"containerPort": port} for port in (8082, 8080, 8081, 9000)],
        "environment": [{"name": "STORE_PORT", "value": "mine"}],
        **SLEEP,
    },
    {
        "name": "db",
        "portMappings": [
            {"containerPort": 53, "protocol": "udp"},
            {"containerPort": 53, "hostPort": 0},
        ],
        "environment": [{"name": "PASSWORD", "value": "a=b"}, {"name": "HOME", "value": "/db"}],
        **SLEEP,
    },
)


def of_process(task: RunTask, name: str) -> dict[str, str]:
    """What the container's first process finds in its environment."""
    _, output = task.exec(name, "tr '\\0' '\\n' < /proc/1/environ")
    return normal(task, output.splitlines())


def of_configuration(task: RunTask, name: str) -> dict[str, str]:
    """What the agent has asked Docker for."""
    return normal(task, task.inspect(name)["Config"]["Env"])


def normal(task: RunTask, lines: list[str]) -> dict[str, str]:
    """Variables of links, with names in the place of addresses and Docker names."""
    text = "\n".join(line for line in lines if re.match("MY_API|STORE|DB", line))
    for container in task.identity.definition.containers:
        address = task.inspect(container.name)["NetworkSettings"]["IPAddress"]
        text = re.sub(rf"{re.escape(address)}\b", container.name, text)
        text = text.replace(task.docker_name(container.name), container.name)
    # What each task is given for itself differs.
    pairs = (line.partition("=") for line in text.splitlines() if "_ENV_ECS_" not in line)
    return {name: value for name, _, value in pairs}


def test_they_are_docker_s_own(agent: Any) -> None:
    ours = agent(engine_version="29.0.0").run(*CONTAINERS).running()
    docker_s = agent(engine_version="28.5.2").run(*CONTAINERS).running()

    for name in ("web", "api"):
        expected = of_process(docker_s, name)
        assert of_configuration(ours, name) == expected
        # This Docker hands on to web what api was given for its links, as if it were api's own.
        assert expected.items() <= of_process(ours, name).items()
    web = of_configuration(ours, "web")
    assert web["MY_API_PORT_8080_TCP_END"] == "tcp://api:8082"
    assert web["MY_API_ENV_STORE_PORT"] == "mine"
    assert web["DB_ENV_PASSWORD"] == "a=b"
    assert web["DB_PORT"] == "tcp://db:53"
    assert "MY_API_ENV_STORE_NAME" not in web, "a link's variables are not handed on"
    assert not of_configuration(docker_s, "web")
