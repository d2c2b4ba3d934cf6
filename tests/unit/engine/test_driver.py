"""The driver with an engine that does at once what it is asked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from support.agent import container, definition

from pytest_multidocker.dockerrun.model import ContainerDefinition
from pytest_multidocker.ecs import events as ev
from pytest_multidocker.ecs.accounting import Account
from pytest_multidocker.ecs.actions import (
    Create,
    Provision,
    Pull,
    ReportContainer,
    ReportTask,
    Start,
)
from pytest_multidocker.engine.driver import Driver
from pytest_multidocker.engine.identity import TaskIdentity
from pytest_multidocker.engine.protocol import EngineAction, Listener


class FakeEngine:
    """Succeeds in all that it is asked for, unless ``trouble`` is to be raised."""

    def __init__(self) -> None:
        self.trouble: Exception | None = None
        self.removed: list[str] = []
        self.listener: Listener = lambda _arn, _event: None

    def watch(self, listener: Listener) -> None:
        self.listener = listener

    def perform(self, action: EngineAction, _task: TaskIdentity) -> ev.EngineEvent:
        if self.trouble is not None:
            raise self.trouble
        now = time.time()
        if isinstance(action, Provision):
            return ev.Provisioned(now)
        if isinstance(action, Pull):
            return ev.Pulled(action.container, now)
        if isinstance(action, Create):
            return ev.Created(action.container, now, "id")
        if isinstance(action, Start):
            return ev.Started(action.container, now)
        return ev.Died(action.container, now, 143)

    def remove(self, task: TaskIdentity) -> None:
        self.removed.append(task.arn)
        if self.trouble is not None:
            raise self.trouble

    def close(self) -> None:
        self.listener = lambda _arn, _event: None


class Instance:
    """A driver with room for 100 MiB, and what it has reported."""

    def __init__(self, engine: FakeEngine | None = None) -> None:
        self.engine = engine or FakeEngine()
        self.reports: list[tuple[str, str, str]] = []
        self._changed = threading.Condition()
        self.driver = Driver(
            self.engine, self._note, keep_stopped=3600, room=lambda _task: Account.of(1024, 100)
        )

    def _note(self, task: TaskIdentity, report: ReportContainer | ReportTask) -> None:
        who = report.container if isinstance(report, ReportContainer) else "task"
        with self._changed:
            self.reports.append((task.arn, who, report.status.name))
            self._changed.notify_all()

    def run(self, arn: str, *containers: ContainerDefinition) -> None:
        fields = containers or (container("app", memory=60),)
        self.driver.run(TaskIdentity(arn, "c", definition(*fields), instance="i"))

    def until(self, done: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(done, 5), self.reports

    def wait(self, arn: str, status: str) -> None:
        self.until(lambda: (arn, "task", status) in self.reports)

    def of(self, arn: str) -> list[str]:
        return [status for task, who, status in self.reports if (task, who) == (arn, "task")]


@pytest.fixture
def instance() -> Iterator[Instance]:
    made = Instance()
    yield made
    made.driver.close()


class TestRoom:
    def test_a_task_that_does_not_fit_waits_until_another_has_stopped(
        self, instance: Instance
    ) -> None:
        instance.run("a")
        instance.run("b")
        instance.run("c", container("app", memory=10))
        instance.wait("a", "RUNNING")
        assert instance.of("b") == instance.of("c") == []

        instance.driver.stop("a")

        instance.wait("b", "RUNNING")
        instance.wait("c", "RUNNING")

    def test_one_that_waits_is_stopped_at_once_and_lets_the_next_in(
        self, instance: Instance
    ) -> None:
        instance.run("a")
        instance.run("b")
        instance.run("c", container("app", memory=10))
        instance.wait("a", "RUNNING")

        instance.driver.stop("b")

        assert instance.of("b") == ["STOPPED"]
        instance.wait("c", "RUNNING")

    def test_so_is_one_that_is_discarded(self, instance: Instance) -> None:
        instance.run("a")
        instance.run("b")
        instance.wait("a", "RUNNING")

        instance.driver.discard("a")

        instance.wait("b", "RUNNING")

    def test_one_that_cannot_be_taken_up_holds_nothing(self, instance: Instance) -> None:
        instance.run("a", container("app", "nope", memory=60))
        instance.run("b")

        instance.wait("b", "RUNNING")

    def test_a_task_that_ends_by_itself_makes_room(self, instance: Instance) -> None:
        instance.run("a")
        instance.run("b")
        instance.wait("a", "RUNNING")

        instance.engine.listener("a", ev.Died("app", time.time(), 0))

        instance.wait("b", "RUNNING")


class TestClosing:
    def test_it_waits_for_what_is_being_created(self) -> None:
        creating, may_go_on = threading.Event(), threading.Event()

        class SlowEngine(FakeEngine):
            is_closed = False

            def perform(self, action: EngineAction, task: TaskIdentity) -> ev.EngineEvent:
                if isinstance(action, Create):
                    creating.set()
                    assert may_go_on.wait(60)
                    assert not self.is_closed
                return super().perform(action, task)

            def close(self) -> None:
                self.is_closed = True

        instance = Instance(engine := SlowEngine())
        instance.run("a")
        assert creating.wait(60)
        closer = threading.Thread(target=instance.driver.close)
        closer.start()
        closer.join(0.1)
        assert not engine.is_closed

        may_go_on.set()
        closer.join(60)

        assert engine.is_closed


class TestTrouble:
    def test_an_engine_that_fails_unforeseen_ends_the_task(self, instance: Instance) -> None:
        instance.engine.trouble = RuntimeError("no idea")

        instance.run("a")

        instance.wait("a", "STOPPED")

    def test_what_cannot_be_removed_is_left_to_the_end_of_the_run(
        self, instance: Instance, caplog: pytest.LogCaptureFixture
    ) -> None:
        instance.run("a")
        instance.wait("a", "RUNNING")
        instance.engine.trouble = RuntimeError("no idea")

        instance.driver.discard("a")
        for thread in threading.enumerate():
            if thread.name == "agent":
                thread.join(60)

        assert "a could not be removed" in caplog.text
