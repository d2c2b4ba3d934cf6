"""Who knows whom by which name, and what a link puts into an environment: C19 to C28."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from conformance.docker_host import DockerHost, DockerTask
from conformance.host import Host, Task
from conformance.vocabulary import app, obeys, sh

SERVES = sh("trap 'exit 0' TERM; echo it works > /index.html; httpd -f -p 80 -h / & wait")


def pair(host: Host, link: str, **target: str) -> Task:
    """A `web` that links `db`, and a `third` that nobody links."""
    return host.run(app("web", links=[link]), app("db", **target), app("third", obeys())).running()


def test_c19_a_link_is_resolved_by_its_alias(host: Host) -> None:
    task = pair(host, "db:d1")

    assert task.resolve("web", "d1") == {"d1": task.address("db")}


def test_c19_a_request_reaches_the_target(docker: DockerHost) -> None:
    task = docker.run(
        app("web", sh("until wget -qO- http://d1; do sleep 0.1; done"), links=["db:d1"]),
        app("db", SERVES),
    ).stopped()

    assert task.output("web") == "it works\n"
    assert task.of("web").exit_code == 0


def test_c20_without_an_alias_the_name_is_it(host: Host) -> None:
    task = pair(host, "db")

    assert task.resolve("web", "db") == {"db": task.address("db")}


def test_c21_the_target_s_hostname_is_resolved(host: Host) -> None:
    task = pair(host, "db:x", hostname="pg")

    assert task.resolve("web", "pg", "x") == dict.fromkeys(("pg", "x"), task.address("db"))


def test_c21_all_names_of_a_link_are_one_line(docker: DockerHost) -> None:
    task = pair(docker, "db:x", hostname="pg")

    assert isinstance(task, DockerTask)
    _, hosts = task.exec("web", "cat /etc/hosts")
    line = f"{task.address('db')}\tx pg {task.docker_name('db')}"
    assert [found for found in hosts.splitlines() if task.address("db") in found] == [line]


def test_c22_the_target_s_docker_name_is_resolved(host: Host) -> None:
    task = pair(host, "db:x")

    name = task.docker_name("db")
    assert task.resolve("web", name) == {name: task.address("db")}


def test_c23_the_name_behind_an_alias_is_not_resolved(host: Host) -> None:
    task = pair(host, "db:x")

    assert task.resolve("web", "db", "x") == {"db": None, "x": task.address("db")}


def test_c24_the_target_does_not_know_who_links_it(host: Host) -> None:
    task = pair(host, "db")

    names = ("web", task.docker_name("web"))
    assert task.resolve("db", *names) == dict.fromkeys(names)


def test_c25_without_a_link_no_name_is_resolved(host: Host) -> None:
    task = pair(host, "db")

    names = ("db", "web", task.docker_name("db"))
    assert task.resolve("third", *names) == dict.fromkeys(names)
    assert task.resolve("web", "third") == {"third": None}


def test_c25_links_do_not_lead_further(host: Host) -> None:
    task = host.run(app("web", links=["api"]), app("api", links=["db"]), app("db")).running()

    assert task.resolve("api", "db") == {"db": task.address("db")}
    assert task.resolve("web", "db") == {"db": None}


def test_c25_every_address_is_reached(docker: DockerHost) -> None:
    task = docker.run(app("a"), app("b")).running()

    assert task.exec("a", f"ping -c1 -W1 {task.address('b')}")[0] == 0


def environment(task: DockerTask, name: str) -> dict[str, str]:
    """The environment of the container's first process."""
    _, output = task.exec(name, "tr '\\0' '\\n' < /proc/1/environ")
    return dict(line.split("=", 1) for line in output.splitlines())


def test_c26_a_link_s_environment(docker: DockerHost) -> None:
    variables = {"SECRET": "s3", "HOME": "/home", "PATH": "/bin:/elsewhere"}
    task = docker.run(
        app("web", links=["db:my-db"]),
        app("db", environment=[{"name": n, "value": v} for n, v in variables.items()]),
    ).running()

    found = environment(task, "web")
    assert found["MY_DB_NAME"] == f"/{task.docker_name('web')}/my-db"
    assert found["MY_DB_ENV_SECRET"] == "s3"
    assert not {"MY_DB_ENV_HOME", "MY_DB_ENV_PATH", "DB_NAME"} & set(found)
    given = set(environment(task, "db")) - {"HOME", "PATH", "HOSTNAME"}
    assert {name for name in found if name.startswith("MY_DB_ENV_")} == {
        f"MY_DB_ENV_{name}" for name in given
    }


def test_c26_a_variable_of_its_own_wins(docker: DockerHost) -> None:
    own = [{"name": "REDIS_PORT", "value": "6379"}]
    ports = [{"containerPort": 6379}]
    task = docker.run(
        app("web", links=["redis", "redis:other"], environment=own),
        app("redis", portMappings=ports),
    ).running()

    found = environment(task, "web")
    assert found["REDIS_PORT"] == "6379"
    assert found["OTHER_PORT"] == f"tcp://{task.address('redis')}:6379"


def test_c27_mapped_ports_are_in_a_link_s_environment(docker: DockerHost) -> None:
    ports = [{"containerPort": 5432}, {"containerPort": 53, "protocol": "udp"}]
    task = docker.run(app("web", links=["db"]), app("db", portMappings=ports)).running()

    found, address = environment(task, "web"), task.address("db")
    expected = {
        "DB_PORT": f"udp://{address}:53",
        "DB_PORT_53_UDP": f"udp://{address}:53",
        "DB_PORT_53_UDP_ADDR": address,
        "DB_PORT_53_UDP_PORT": "53",
        "DB_PORT_53_UDP_PROTO": "udp",
        "DB_PORT_5432_TCP": f"tcp://{address}:5432",
        "DB_PORT_5432_TCP_ADDR": address,
        "DB_PORT_5432_TCP_PORT": "5432",
        "DB_PORT_5432_TCP_PROTO": "tcp",
    }
    assert {name: found[name] for name in found if name.startswith("DB_PORT")} == expected


LINKING = (
    app("web", links=["api:my-api", "db"]),
    app(
        "api",
        links=["db:store"],
        portMappings=[{"containerPort": port} for port in (8082, 8080, 8081, 9000)],
        environment=[{"name": "STORE_PORT", "value": "mine"}],
    ),
    app(
        "db",
        portMappings=[
            {"containerPort": 53, "protocol": "udp"},
            {"containerPort": 53, "hostPort": 0},
        ],
        environment=[{"name": "PASSWORD", "value": "a=b"}, {"name": "HOME", "value": "/db"}],
    ),
)


def of_links(task: DockerTask, variables: Mapping[str, str]) -> dict[str, str]:
    """Variables of links, with names in the place of addresses and Docker names."""
    return {
        name: _with_names(task, value)
        for name, value in variables.items()
        if re.match("MY_API|STORE|DB", name) and "_ENV_ECS_" not in name
    }


def _with_names(task: DockerTask, value: str) -> str:
    for container in task.identity.definition.containers:
        address = re.escape(task.address(container.name))
        value = re.sub(rf"{address}\b", container.name, value)
        value = value.replace(task.docker_name(container.name), container.name)
    return value


def asked_for(task: DockerTask, name: str) -> dict[str, str]:
    """The variables that the agent has asked Docker for."""
    return dict(entry.split("=", 1) for entry in task.inspect(name)["Config"]["Env"])


def test_c28_what_version_29_leaves_out_is_what_20_10_sets(
    new_docker: Callable[..., DockerHost],
) -> None:
    # An agent that takes this engine for version 29 sets the variables as the container's own.
    ours = new_docker(engine_version="29.0.0").run(*LINKING).running()
    docker_s = new_docker(engine_version="28.5.2").run(*LINKING).running()

    for name in ("web", "api"):
        expected = of_links(docker_s, environment(docker_s, name))
        assert of_links(ours, asked_for(ours, name)) == expected
        # This Docker hands on to web what api was given for its links, as if it were api's own.
        assert expected.items() <= of_links(ours, environment(ours, name)).items()
        assert not of_links(docker_s, asked_for(docker_s, name)).keys() - {"STORE_PORT"}
    web = of_links(ours, asked_for(ours, "web"))
    assert web["MY_API_PORT_8080_TCP_END"] == "tcp://api:8082"
    assert web["MY_API_ENV_STORE_PORT"] == "mine"
    assert web["DB_ENV_PASSWORD"] == "a=b"
    assert web["DB_PORT"] == "tcp://db:53"
    assert "MY_API_ENV_STORE_NAME" not in web, "a link's variables are not handed on"
