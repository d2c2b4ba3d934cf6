"""Ties tests to rows and engines, and collects the results."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from docker import DockerClient

from conformance.aws_host import AwsHost
from conformance.docker_host import DockerHost
from conformance.host import Host
from conformance.results import Results
from conformance.rows import BOTH, Undeclared, engines_of, row_of
from conformance.simulated_host import SimulatedHost
from pytest_multidocker.aws.options import EmulatorOptions
from pytest_multidocker.aws.process import EmulatorProcess, start_emulator
from pytest_multidocker.engine.images import probe_image
from pytest_multidocker.engine.status import connect

_HERE = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance")
    group.addoption("--write-docs", action="store_true", help="write docs/conformance.md")
    group.addoption("--conformance-json", metavar="FILE", help="write the results as JSON")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "agent(**options): options of the host's agent and engine")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Results(config))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if BOTH in metafunc.fixturenames and (row := row_of(metafunc.function.__name__)):
        metafunc.parametrize(BOTH, row.engines, indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and _HERE in item.path.parents:
            _tie(item)


def _tie(item: pytest.Function) -> None:
    try:
        row = row_of(item.originalname)
        engines: tuple[str, ...] = () if row is None else engines_of(row, item.fixturenames)
    except Undeclared as error:
        raise pytest.UsageError(str(error)) from None
    if row is None:
        return
    if BOTH in item.fixturenames:
        engines = (str(item.callspec.params[BOTH]),)
    if len(engines) != 1:
        raise pytest.UsageError(f"{item.nodeid} asks for neither host nor one engine")
    item.user_properties += [("row", row.id), ("engine", engines[0])]


@pytest.fixture(scope="session")
def docker_client() -> Iterator[DockerClient]:
    client = connect()
    yield client
    client.close()


@pytest.fixture(scope="session")
def busybox(docker_client: DockerClient) -> str:
    """An image with a static busybox and nothing else."""
    return probe_image(docker_client)


@pytest.fixture
def options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The options of the test's agent."""
    marker = request.node.get_closest_marker("agent")
    return {} if marker is None else dict(marker.kwargs)


@pytest.fixture
def new_docker(docker_client: DockerClient, busybox: str) -> Iterator[Callable[..., DockerHost]]:
    """Makes an agent on the real engine, with options of its own."""
    with contextlib.ExitStack() as made:

        def make(**options: Any) -> DockerHost:
            host = DockerHost(docker_client, busybox, **options)
            made.callback(host.close)
            return host

        yield make


@pytest.fixture
def docker(new_docker: Callable[..., DockerHost], options: dict[str, Any]) -> DockerHost:
    """An agent on the real engine."""
    return new_docker(**options)


@pytest.fixture(scope="session")
def emulator(busybox: str) -> Iterator[EmulatorProcess]:
    with start_emulator(EmulatorOptions(host_ports="declared", stop_timeout=5)) as process:
        yield process


@pytest.fixture
def aws(emulator: EmulatorProcess, docker_client: DockerClient, busybox: str) -> Iterator[AwsHost]:
    """A cluster of an emulator, with the real engine behind it."""
    host = AwsHost(emulator, docker_client, busybox)
    yield host
    host.close()


@pytest.fixture
def simulated(options: Any) -> Iterator[SimulatedHost]:
    """An agent on the simulated engine."""
    host = SimulatedHost(**options)
    yield host
    host.close()


@pytest.fixture
def host(request: pytest.FixtureRequest) -> Host:
    """An agent on each of the engines that can show the row."""
    made: Host = request.getfixturevalue(request.param)
    return made
