"""Ports: C52 to C58."""

from __future__ import annotations

import re
import socket
import time
from pathlib import Path

import pytest

from conformance.aws_host import AwsHost
from conformance.docker_host import DockerHost
from conformance.host import Host
from conformance.simulated_host import SimulatedHost
from conformance.vocabulary import Behaviour, app, sh, traps
from pytest_multidocker.ecs.events import PortBinding
from pytest_multidocker.engine.simulated import placement
from pytest_multidocker.engine.simulated.script import Script

SERVES = sh(
    "trap 'exit 0' TERM; echo it works > /index.html; httpd -f -p 80 -h / & echo ready; wait"
)
ECHO = """\
use Socket;
$| = 1;
$SIG{TERM} = sub { exit 0 };
socket(my $server, PF_INET, SOCK_DGRAM, 0) or die;
bind($server, sockaddr_in(53, INADDR_ANY)) or die;
print "ready\\n";
while (my $client = recv($server, my $datagram, 64, 0)) { send($server, $datagram, 0, $client) }
"""
ECHOES = Behaviour(("perl", "-e", ECHO), Script(), gets_ready=True)
PERL = "debian:bookworm-slim"  # busybox has no server of datagrams


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(type=kind) as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


def ephemeral_ports() -> range:
    first, last = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
    return range(int(first), int(last) + 1)


def answer(port: int) -> str:
    """What HTTP gives on a port of this machine, as soon as somebody listens behind it."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            with connection.makefile("rb") as stream:
                try:
                    text = stream.read().decode()
                except ConnectionResetError:  # Docker's proxy found nobody yet
                    continue
            if text:
                return text.rpartition("\r\n")[2]
    raise AssertionError(f"nobody answers on port {port}")


@pytest.mark.agent(fixed_ports=True)
def test_c52_a_host_port_leads_to_the_container(docker: DockerHost) -> None:
    port, other = free_port(), free_port()
    task = docker.run(app("app", SERVES, portMappings=[{"containerPort": 80, "hostPort": port}]))
    task.running()

    assert answer(port) == "it works\n"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", other), timeout=2)


@pytest.mark.agent(fixed_ports=True)
def test_c52_a_host_port_is_reported(host: Host) -> None:
    port = free_port()
    mapping = {"containerPort": 80, "hostPort": port}
    task = host.run(app("app", portMappings=[mapping])).running()

    assert task.of("app").bindings == (PortBinding(80, port, "tcp", "0.0.0.0"),)


@pytest.mark.agent(fixed_ports=True)
@pytest.mark.parametrize("host_port", [{}, {"hostPort": 0}], ids=["none", "0"])
def test_c53_a_dynamic_port_is_ephemeral_and_reported(
    host: Host, host_port: dict[str, int]
) -> None:
    mapping = {"containerPort": 80, **host_port}
    task = host.run(app("app", portMappings=[mapping])).running()

    (binding,) = task.of("app").bindings
    assert binding.host_port in ephemeral_ports()
    assert binding == PortBinding(80, binding.host_port, "tcp", "0.0.0.0")


@pytest.mark.agent(fixed_ports=True)
def test_c53_a_dynamic_port_leads_to_the_container(docker: DockerHost) -> None:
    task = docker.run(app("app", SERVES, portMappings=[{"containerPort": 80}])).running()

    (binding,) = task.of("app").bindings
    assert answer(binding.host_port) == "it works\n"
    assert task.host_config("app", "PortBindings") == (
        {"80/tcp": [{"HostIp": "", "HostPort": str(binding.host_port)}]},
    )


@pytest.mark.agent(fixed_ports=True)
def test_c54_one_container_port_may_have_two(host: Host) -> None:
    mappings = [{"containerPort": 80}, {"containerPort": 80, "hostPort": 0}]
    task = host.run(app("app", portMappings=mappings)).running()

    bindings = task.of("app").bindings
    assert [binding.container_port for binding in bindings] == [80, 80]
    ports = {binding.host_port for binding in bindings}
    assert len(ports) == 2
    assert ports <= set(ephemeral_ports())


@pytest.mark.agent(fixed_ports=True)
def test_c54_both_lead_to_it(docker: DockerHost) -> None:
    mappings = [{"containerPort": 80}, {"containerPort": 80}]
    task = docker.run(app("app", SERVES, portMappings=mappings)).running()

    assert {answer(b.host_port) for b in task.of("app").bindings} == {"it works\n"}


@pytest.mark.agent(fixed_ports=True)
def test_c55_udp_is_reported(host: Host) -> None:
    port = free_port(socket.SOCK_DGRAM)
    mapping = {"containerPort": 53, "hostPort": port, "protocol": "udp"}
    task = host.run(app("app", portMappings=[mapping])).running()

    assert task.of("app").bindings == (PortBinding(53, port, "udp", "0.0.0.0"),)


def test_c55_udp_carries_datagrams(docker: DockerHost) -> None:
    mapping = {"containerPort": 53, "protocol": "udp"}
    task = docker.run(app("app", ECHOES, image=PERL, portMappings=[mapping])).running()

    (binding,) = task.of("app").bindings
    with socket.socket(type=socket.SOCK_DGRAM) as client:
        client.connect(("127.0.0.1", binding.host_port))
        client.settimeout(5)
        client.send(b"hello")
        assert client.recv(64) == b"hello"


def test_c56_network_bindings(docker: DockerHost) -> None:
    image = docker.build("EXPOSE 9999")
    mappings = [{"containerPort": 80}, {"containerPort": 53, "protocol": "udp"}]
    task = docker.run(app("app", image=image, portMappings=mappings)).running()

    bindings = task.of("app").bindings
    assert {(b.container_port, b.protocol, b.bind_ip) for b in bindings} == {
        (80, "tcp", "0.0.0.0"),
        (53, "udp", "0.0.0.0"),
    }
    ports = task.inspect("app")["NetworkSettings"]["Ports"]
    assert "9999/tcp" in ports
    assert not ports["9999/tcp"]


def test_c56_the_api_s_form(aws: AwsHost) -> None:
    task = aws.run(app("app", portMappings=[{"containerPort": 80}])).running()

    (binding,) = task.container("app")["networkBindings"]
    assert binding == {
        "bindIP": "0.0.0.0",
        "containerPort": 80,
        "hostPort": binding["hostPort"],
        "protocol": "tcp",
    }
    assert binding["hostPort"] in ephemeral_ports()
    on_all = [{"HostIp": ip, "HostPort": str(binding["hostPort"])} for ip in ("0.0.0.0", "::")]
    published = task.inspect("app")["NetworkSettings"]["Ports"]["80/tcp"]
    assert published in (on_all, on_all[:1])  # Docker leaves out IPv6 where there is none


def test_c56_bindings_are_still_reported_of_what_has_stopped(host: Host) -> None:
    task = host.run(app("app", traps(USR1=0), portMappings=[{"containerPort": 80}])).running()
    while_it_ran = task.of("app").bindings

    task.signal("app", "USR1").stopped()

    assert len(while_it_ran) == 1
    assert task.of("app").bindings == while_it_ran


def test_c56_no_port_mappings_no_bindings(host: Host) -> None:
    assert host.run(app("app")).running().of("app").bindings == ()


@pytest.mark.agent(fixed_ports=True)
def test_c57_one_host_port_twice_in_a_task(host: Host) -> None:
    port = free_port()
    ports = [{"containerPort": 80, "hostPort": port}]
    task = host.run(
        app("a", portMappings=ports), app("b", portMappings=ports, links=["a"])
    ).stopped()

    said = re.escape(f"Bind for 0.0.0.0:{port} failed: port is already allocated")
    start = "CannotStartContainerError: Error response from daemon: "
    assert re.fullmatch(f"{start}driver failed programming .*: {said}", task.why("b"))
    assert task.exit_codes() == {"a": 0, "b": None}


@pytest.mark.parametrize("port", [22, 2375, 2376, 51678, 51679])
def test_c58_a_reserved_port_is_not_placed(aws: AwsHost, port: int) -> None:
    mapping = {"containerPort": 80, "hostPort": port}
    placed, failures = aws.place(aws.register(app("app", portMappings=[mapping])))

    assert (placed, failures) == ([], ["RESOURCE:PORTS"])


@pytest.mark.parametrize("port", [22, 2375, 2376, 51678, 51679])
def test_c58_nor_is_it_in_a_simulation(simulated: SimulatedHost, port: int) -> None:
    mapping = {"containerPort": 80, "hostPort": port}
    definition = simulated.define(app("app", portMappings=[mapping]))

    assert placement.refusal(definition, "t2.micro") == "RESOURCE:PORTS"


def test_c58_a_port_is_had_once(aws: AwsHost) -> None:
    mapping = {"containerPort": 80, "hostPort": free_port()}
    definition = aws.register(app("app", portMappings=[mapping]))

    (task,), failures = aws.place(definition, count=2)
    assert failures == ["RESOURCE:PORTS"]
    task.running().stop().stopped()
    assert len(aws.place(definition)[0]) == 1
