"""Names, labels and the rest of a container definition: C65, C66, C75, C76, C78."""

from __future__ import annotations

import re

import pytest

from conformance.aws_host import AwsHost
from conformance.docker_host import DockerHost
from conformance.host import Host
from conformance.vocabulary import App, app, exits, sh


def test_c65_docker_names(host: Host) -> None:
    names = ("web", "web_app", "api-2")
    task = host.run(*(app(name) for name in names)).running()

    revision = task.identity.definition.revision
    found = {name: task.docker_name(name) for name in names}
    for name, part in (("web", "web"), ("web_app", "webapp"), ("api-2", "api-2")):
        assert re.fullmatch(f"ecs-fam-{revision}-{part}-[0-9a-f]{{20}}", found[name])


def test_c65_another_task_has_other_names(host: Host) -> None:
    tasks = [host.run(app("web")).running() for _ in range(2)]

    digits = {task.docker_name("web")[-20:] for task in tasks}
    assert len(digits) == 2


def test_c66_labels(docker: DockerHost) -> None:
    mine = {"team": "red", "com.amazonaws.ecs.cluster": "mine"}
    task = docker.run(app("web_app", dockerLabels=mine)).running()

    inspected = task.inspect("web_app")
    assert task.of("web_app").runtime_id == inspected["Id"]
    labels = inspected["Config"]["Labels"]
    prefix = "com.amazonaws.ecs."
    assert labels["team"] == "red"
    assert {name: labels[name] for name in labels if name.startswith(prefix)} == {
        f"{prefix}task-arn": task.arn,
        f"{prefix}container-name": "web_app",
        f"{prefix}task-definition-family": "fam",
        f"{prefix}task-definition-version": "1",
        f"{prefix}cluster": task.identity.cluster,
    }


def checks(name: str, test: str, **definition: object) -> App:
    """Exit with 42 where the test inside the container succeeds, and with 1 where it does not."""
    script = sh(f"if {test}; then exit 42; else cat /proc/mounts; exit 1; fi")
    return app(name, script, essential=False, **definition)


ALLOWED = ["capabilities", "devices", "security-options", "host-network", "privileged"]
INSIDE = [
    checks("hostname", '[ "$(hostname)" = foobarbaz ]', hostname="foobarbaz"),
    checks("dns", "grep -q '^nameserver 192.0.2.4$' /etc/resolv.conf", dnsServers=["192.0.2.4"]),
    checks(
        "dns-search",
        "grep -q '^search corp.example two.example$' /etc/resolv.conf",
        dnsSearchDomains=["corp.example", "two.example"],
    ),
    checks(
        "extra-hosts",
        "grep -q '^192.0.2.9.printer$' /etc/hosts",
        extraHosts=[{"hostname": "printer", "ipAddress": "192.0.2.9"}],
    ),
    checks("no-network", '[ "$(ls /sys/class/net)" = lo ]', disableNetworking=True),
    checks("read-only", "! touch /x 2>/dev/null", readonlyRootFilesystem=True),
    checks("writable", "touch /x"),
    checks(
        "environment",
        """[ "$GREETING" = 'hello $HOME' ]""",
        environment=[{"name": "GREETING", "value": "hello $HOME"}],
    ),
    checks("user", '[ "$(id -u):$(id -g)" = 65534:1 ]', user="65534:1"),
    checks("working-directory", '[ "$(pwd)" = /var ]', workingDirectory="/var"),
    checks(
        "ulimit",
        '[ "$(ulimit -Sn) $(ulimit -Hn)" = "123 234" ]',
        ulimits=[{"name": "nofile", "softLimit": 123, "hardLimit": 234}],
    ),
    checks(
        "capabilities",
        # Bits 12 and 0: NET_ADMIN, which Docker does not give by itself, and CHOWN, which it does.
        "bits=0x$(sed -n 's/^CapBnd:.*\\(.\\{8\\}\\)$/\\1/p' /proc/self/status); "
        "[ $((bits >> 12 & 1))$((bits & 1)) = 10 ]",
        linuxParameters={"capabilities": {"add": ["NET_ADMIN"], "drop": ["CHOWN"]}},
    ),
    checks(
        "init",
        '[ "$(cat /proc/1/comm)" = docker-init ]',
        linuxParameters={"initProcessEnabled": True},
    ),
    checks("no-init", '[ "$(cat /proc/1/comm)" = sh ]'),
    checks(
        "shared-memory",
        '[ "$(df -k /dev/shm | tail -1 | tr -s " " | cut -d" " -f2)" = 102400 ]',
        linuxParameters={"sharedMemorySize": 100},
    ),
    checks(
        "tmpfs",
        "grep -q '^tmpfs /t tmpfs ro,nosuid,nodev,noexec,relatime,size=102400k 0 0$' /proc/mounts",
        linuxParameters={
            "tmpfs": [{"containerPath": "/t", "size": 100, "mountOptions": ["ro", "noexec"]}]
        },
    ),
    checks(
        "device",
        ": < /dev/x && ! (: > /dev/x) 2>/dev/null",
        linuxParameters={
            "devices": [
                {
                    "hostPath": "/dev/loop-control",
                    "containerPath": "/dev/x",
                    "permissions": ["read"],
                }
            ]
        },
    ),
    checks(
        "sysctl",
        '[ "$(cat /proc/sys/net/ipv4/conf/default/rp_filter)" = 0 ]',
        systemControls=[{"namespace": "net.ipv4.conf.default.rp_filter", "value": "0"}],
    ),
    checks(
        "no-new-privileges",
        "grep -q '^NoNewPrivs:.1$' /proc/self/status",
        dockerSecurityOptions=["no-new-privileges"],
    ),
    checks("terminal", "[ -t 0 ]", interactive=True, pseudoTerminal=True),
    checks("no-terminal", "! [ -t 0 ]"),
]


@pytest.mark.agent(allow=ALLOWED)
def test_c75_what_a_process_sees_of_its_definition(docker: DockerHost) -> None:
    task = docker.run(*INSIDE, app("main"))
    task.wait(*((container.name, "STOPPED") for container in INSIDE))

    seen = {c.name: (task.of(c.name).exit_code, task.of(c.name).reason) for c in INSIDE}
    assert seen == {container.name: (42, None) for container in INSIDE}


@pytest.mark.agent(allow=ALLOWED)
@pytest.mark.parametrize(
    ("mode", "test"),
    [
        ("bridge", '[ "$(ls /sys/class/net | sort | tr "\\n" " ")" = "eth0 lo " ]'),
        ("none", '[ "$(ls /sys/class/net)" = lo ]'),
        ("host", "[ -e /sys/class/net/docker0 ]"),
    ],
)
def test_c75_network_modes(docker: DockerHost, mode: str, test: str) -> None:
    task = docker.run(
        app("app", sh(f"if {test}; then exit 42; fi; ls /sys/class/net")), network_mode=mode
    ).stopped()

    assert task.exit_codes() == {"app": 42}, task.output("app")


@pytest.mark.agent(allow=ALLOWED)
def test_c75_an_init_process_passes_signals_on(docker: DockerHost) -> None:
    sleeps = ["sleep", "60"]
    task = docker.run(
        app("with", command=sleeps, linuxParameters={"initProcessEnabled": True}, stopTimeout=20),
        app("without", command=sleeps, stopTimeout=1),
    ).running()

    task.stop().stopped()

    assert task.exit_codes() == {"with": 143, "without": 137}


@pytest.mark.agent(allow=ALLOWED)
def test_c75_privileged_mode_is_asked_for(docker: DockerHost) -> None:
    task = docker.run(app("app", privileged=True)).ready("app")

    assert task.host_config("app", "Privileged") == (True,)


def test_c76_entry_point_and_command(docker: DockerHost) -> None:
    image = docker.build('ENTRYPOINT ["/bin/sh", "-c"]', 'CMD ["exit 7"]')
    sh_c = ["/bin/sh", "-c"]
    cases = {
        "image": ({}, 7),
        "command": ({"command": ["exit 8"]}, 8),
        "entry-point": ({"entryPoint": [*sh_c, "exit 9"]}, 9),
        "both": ({"entryPoint": sh_c, "command": ["exit 10"]}, 10),
    }
    task = docker.run(
        *(
            app(name, image=image, essential=False, **{"command": None, **fields})
            for name, (fields, _) in cases.items()
        ),
        app("main"),
    )
    task.wait(*((name, "STOPPED") for name in cases))

    assert {name: task.of(name).exit_code for name in cases} == {
        name: code for name, (_, code) in cases.items()
    }


def test_c76_an_override_replaces_the_command(aws: AwsHost) -> None:
    override = {
        "name": "app",
        "command": ["sh", "-c", "exit $((A + B))"],
        "environment": [{"name": "B", "value": "20"}],
    }
    given = [{"name": "A", "value": "1"}, {"name": "B", "value": "1"}]
    task = aws.run(
        app("app", exits(1), environment=given),
        overrides={"containerOverrides": [override]},
    ).stopped()

    assert task.container("app")["exitCode"] == 21


def test_c78_logs_that_do_not_block(docker: DockerHost) -> None:
    options = {"mode": "non-blocking", "max-size": "1m"}
    task = docker.run(
        app("buffered", logConfiguration={"logDriver": "json-file", "options": options}),
        app(
            "own",
            logConfiguration={
                "logDriver": "json-file",
                "options": {"mode": "non-blocking", "max-buffer-size": "2m"},
            },
        ),
        app("blocking", logConfiguration={"logDriver": "json-file", "options": {"max-file": "2"}}),
    ).running()

    def config(name: str) -> object:
        return task.host_config(name, "LogConfig")[0]

    assert config("buffered") == {
        "Type": "json-file",
        "Config": {**options, "max-buffer-size": "10m"},
    }
    assert config("own") == {
        "Type": "json-file",
        "Config": {"mode": "non-blocking", "max-buffer-size": "2m"},
    }
    assert config("blocking") == {"Type": "json-file", "Config": {"max-file": "2"}}
