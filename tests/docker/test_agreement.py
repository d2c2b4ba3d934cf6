"""The same tasks on Docker and in the simulation end alike, and stop in the same order.

The normal run tries 30 tasks, ``-m fuzz`` 200. Many run at the same time.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from docker.errors import APIError
from support.realtime import Outcome, RealCase, real_cases
from support.tasks import RunTask, Tasks

from pytest_multidocker.ecs.actions import ReportContainer
from pytest_multidocker.ecs.service import TaskView
from pytest_multidocker.engine.alarm import Alarm

AT_A_TIME = 12
PATIENCE = 60.0  # seconds that a machine may take longer than the simulation


class RealTask:
    """One case on its way through Docker."""

    def __init__(self, tasks: Tasks, case: RealCase, alarm: Alarm) -> None:
        self._tasks = tasks
        self._case = case
        self._alarm = alarm
        self._armed: set[str] = set()
        self._asked_after: int | None = None
        self._began = time.time()
        self._task: RunTask = tasks.take_up(case.definition)
        if case.stop is not None:
            alarm.at(self._began + case.stop, self._stop)

    def end(self) -> Outcome:
        """Return how it has ended, when it has as the simulation says, or after a long while."""
        with contextlib.suppress(AssertionError):  # how it has ended instead, the caller tells
            self._tasks.wait(self._is_as_expected, self._case.lasts + PATIENCE)
        # Nothing more may happen for as long as the simulation has seen something happen.
        left = self._began + self._case.lasts - time.time()
        threading.Event().wait(max(left, 0))
        seen = self.seen()
        self._tasks.driver.discard(self._task.arn)
        return seen

    def seen(self) -> Outcome:
        view, stopped = TaskView(self._case.definition), {}
        for index, report in enumerate(self._task.reports):
            if index == self._asked_after:
                view.ask_to_stop()
            view.take(report)
            if isinstance(report, ReportContainer) and report.status.name == "STOPPED":
                stopped[report.container] = float(index)
        return Outcome.of(view, stopped)

    def _is_as_expected(self) -> bool:
        for name, second in self._case.kills.items():
            if (name, "RUNNING") in self._task.order() and name not in self._armed:
                self._armed.add(name)
                self._alarm.at(time.time() + second, partial(self._kill, name))
        return self._case.matches(self.seen())

    def _kill(self, name: str) -> None:
        with contextlib.suppress(APIError):  # it has ended by itself before
            self._tasks.client.api.kill(self._task.docker_name(name))

    def _stop(self) -> None:
        self._asked_after = len(self._task.reports)
        self._task.stop()


def assert_agree(tasks: Tasks, cases: list[RealCase]) -> None:
    """Fail with the cases that end otherwise on Docker, also with no others beside them.

    Of many at a time one may be kept waiting for longer than any engine that was simulated.
    """
    doubtful = _different(tasks, cases, AT_A_TIME)
    different = _different(tasks, [case for case, _ in doubtful], 1)
    told = [f"{case}\n  on Docker: {seen}" for case, seen in different]
    assert not told, f"{len(told)} of {len(cases)} differ:\n" + "\n".join(told)


def _different(
    tasks: Tasks, cases: list[RealCase], at_a_time: int
) -> list[tuple[RealCase, Outcome]]:
    alarm = Alarm()
    with ThreadPoolExecutor(at_a_time) as pool:
        ends = pool.map(lambda case: RealTask(tasks, case, alarm).end(), cases)
        different = [
            (case, end) for case, end in zip(cases, ends, strict=True) if not case.matches(end)
        ]
    alarm.close()
    return different


@pytest.fixture
def tasks(agent: Callable[..., Tasks]) -> Tasks:
    # An image that is nowhere is not looked for at a registry: that takes its time to be missing.
    return agent(pull_behavior="prefer-cached")


def test_they_agree(tasks: Tasks, busybox: str) -> None:
    assert_agree(tasks, real_cases(30, busybox, seed=1))


@pytest.mark.fuzz
def test_they_agree_long(tasks: Tasks, busybox: str) -> None:
    assert_agree(tasks, real_cases(200, busybox, seed=2))
