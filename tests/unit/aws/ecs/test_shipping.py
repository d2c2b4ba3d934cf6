"""Shipping logs, with a Docker and a CloudWatch that play along."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from docker.errors import NotFound
from requests import ConnectionError as Unreachable

from pytest_multidocker.aws.ecs.shipping import LogShipper
from pytest_multidocker.dockerrun.model import ContainerDefinition
from pytest_multidocker.ecs.actions import ReportContainer, ReportTask
from pytest_multidocker.ecs.definition import TaskDefinition
from pytest_multidocker.ecs.status import ContainerStatus, TaskStatus
from pytest_multidocker.engine.identity import TaskIdentity

LOGS = {"logDriver": "awslogs", "options": {"awslogs-group": "g", "awslogs-stream-prefix": "p"}}
CONTAINER = ContainerDefinition(name="app", image="app:1", log_configuration=LOGS)
QUIET = ContainerDefinition(name="quiet", image="app:1")
TASK = TaskIdentity(
    "arn:aws:ecs:us-east-1:1:task/c/0f3c", "c", TaskDefinition("logs", 1, (CONTAINER, QUIET))
)


class Output:
    """What Docker's client gives of a log: chunks, and a response to be closed."""

    def __init__(self, *chunks: bytes) -> None:
        self._chunks = chunks
        self.closed = 0
        self._response = SimpleNamespace(close=self._close)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._chunks)

    def _close(self) -> None:
        self.closed += 1


class Docker:
    """Gives one output after the other; an exception among them is raised."""

    def __init__(self, *outputs: Output | Exception) -> None:
        self.outputs = list(outputs)
        self.since: list[float | None] = []
        self.api = self

    def logs(self, runtime_id: str, **options: Any) -> Output:
        assert (runtime_id, options["follow"], options["timestamps"]) == ("d0c4", True, True)
        self.since.append(options["since"])
        output = self.outputs.pop(0) if self.outputs else Output()
        if isinstance(output, Exception):
            raise output
        return output


class CloudWatch:
    """Keeps what is put; ``forget`` is a reset of moto's."""

    def __init__(self) -> None:
        self.put: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.made: set[str] = set()

    def create_log_group(self, **names: str) -> None:
        self._make(names["logGroupName"])

    def create_log_stream(self, **names: str) -> None:
        self._make(f"{names['logGroupName']} {names['logStreamName']}")

    def put_log_events(self, **given: Any) -> None:
        if f"{given['logGroupName']} {given['logStreamName']}" not in self.made:
            raise refused("ResourceNotFoundException")
        stamps = [event["timestamp"] for event in given["logEvents"]]
        assert stamps == sorted(stamps)
        for event in given["logEvents"]:
            self.put.put(event["message"])

    def forget(self) -> None:
        self.made.clear()

    def lines(self, count: int) -> list[str]:
        return [self.put.get(timeout=60) for _ in range(count)]

    def _make(self, name: str) -> None:
        if name in self.made:
            raise refused("ResourceAlreadyExistsException")
        self.made.add(name)


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, "Operation")


def line(second: int, text: str) -> bytes:
    return f"2026-11-27T06:00:{second:02}.5Z {text}\n".encode()


def report(status: ContainerStatus, container: str = "app") -> ReportContainer:
    return ReportContainer(container, status, runtime_id="d0c4")


@pytest.fixture
def logs() -> CloudWatch:
    return CloudWatch()


@pytest.fixture
def ship(logs: CloudWatch) -> Iterator[Callable[[Docker], LogShipper]]:
    made: list[LogShipper] = []

    def start(docker: Docker) -> LogShipper:
        made.append(LogShipper(docker, lambda _service, _region: logs))  # type: ignore[arg-type]
        return made[-1]

    yield start
    for shipper in made:
        shipper.close()


def test_lines_are_sent_whole_and_in_their_order(
    ship: Callable[[Docker], LogShipper], logs: CloudWatch
) -> None:
    first, second = line(1, "one"), line(2, "two")
    output = Output(first[:5], first[5:] + second[:3], second[3:], line(3, "three")[:-1])
    ship(Docker(output)).heed(TASK, report(ContainerStatus.STOPPED))

    assert logs.lines(3) == ["one", "two", "three"]
    assert logs.made == {"g", "g p/app/0f3c"}


def test_a_container_that_is_started_again_is_read_on_from_where_it_ended(
    ship: Callable[[Docker], LogShipper], logs: CloudWatch
) -> None:
    docker = Docker(Output(line(1, "one")), Output(line(1, "one"), line(9, "again")))
    shipper = ship(docker)
    shipper.heed(TASK, report(ContainerStatus.RUNNING))
    shipper.heed(TASK, report(ContainerStatus.RUNNING))  # it has become healthy, say

    assert logs.lines(2) == ["one", "again"]
    assert docker.since[0] is None
    assert docker.since[1] == pytest.approx(1795759201.5)


def test_a_last_line_without_an_end_is_sent_once(
    ship: Callable[[Docker], LogShipper], logs: CloudWatch
) -> None:
    cut = line(1, "one")[:-1]
    ship(Docker(Output(cut), Output(cut), Output(line(9, "again")))).heed(
        TASK, report(ContainerStatus.RUNNING)
    )

    assert logs.lines(2) == ["one", "again"]


def test_a_daemon_that_is_away_for_a_while_loses_nothing(
    ship: Callable[[Docker], LogShipper], logs: CloudWatch
) -> None:
    ship(Docker(Unreachable("no"), Output(line(1, "one")))).heed(
        TASK, report(ContainerStatus.RUNNING)
    )

    assert logs.lines(1) == ["one"]


def test_the_end_and_the_removal_of_a_container_end_the_reading(
    ship: Callable[[Docker], LogShipper], logs: CloudWatch
) -> None:
    for docker in (Docker(Output(), Output()), Docker(NotFound("gone"))):
        shipper = ship(docker)
        shipper.heed(TASK, report(ContainerStatus.RUNNING))
        shipper.heed(TASK, report(ContainerStatus.STOPPED))
        deadline = time.monotonic() + 5
        while shipper._ends:
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_a_stream_that_a_reset_has_taken_away_is_made_anew(
    ship: Callable[[Docker], LogShipper], logs: CloudWatch
) -> None:
    docker = Docker(Output(line(1, "one")))
    ship(docker).heed(TASK, report(ContainerStatus.RUNNING))
    assert logs.lines(1) == ["one"]
    logs.forget()
    docker.outputs.append(Output(line(20, "two")))
    assert logs.lines(1) == ["two"]


def test_of_others_nothing_is_read(ship: Callable[[Docker], LogShipper], logs: CloudWatch) -> None:
    docker = Docker()
    shipper = ship(docker)
    shipper.heed(TASK, report(ContainerStatus.RUNNING, "quiet"))
    shipper.heed(TASK, ReportContainer("app", ContainerStatus.STOPPED))  # it was never created
    shipper.heed(TASK, ReportTask(TaskStatus.RUNNING, 0.0))
    assert (shipper._ends, docker.since) == ({}, [])
