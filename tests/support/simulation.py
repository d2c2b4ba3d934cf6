"""Tasks on the simulated engine, as the tests on Docker have them on the real one."""

from __future__ import annotations

from functools import partial
from typing import Any

from pytest_multidocker.dockerrun import parse_containers, parse_volumes
from pytest_multidocker.dockerrun.model import ContainerDefinition
from pytest_multidocker.ecs.actions import ReportContainer, ReportTask
from pytest_multidocker.ecs.definition import TaskDefinition
from pytest_multidocker.engine.identity import TaskIdentity
from pytest_multidocker.engine.simulated import (
    Script,
    SimulatedDriver,
    SimulatedEngine,
    placement,
)
from pytest_multidocker.engine.simulated.simulation import Simulation as Story

ARN = "arn:aws:ecs:us-east-1:123456789012:task/fam/1"


class Simulation:
    """One task of these container definitions, and what the agent has reported of it.

    A script is given under ``script`` in a container's definition, as fields of ``Script``.
    """

    def __init__(
        self,
        *containers: dict[str, Any],
        volumes: list[dict[str, Any]] | None = None,
        **fields: Any,
    ) -> None:
        scripts = {c["name"]: Script(**c.get("script", {})) for c in containers}
        parsed = parse_containers([{"image": "app:1", "memory": 16, **c} for c in containers])
        self._start(parsed, scripts, {"volumes": parse_volumes(volumes or []), **fields})

    @classmethod
    def of(
        cls, containers: tuple[ContainerDefinition, ...], scripts: dict[str, Script], **fields: Any
    ) -> Simulation:
        made = cls.__new__(cls)
        made._start(containers, scripts, fields)
        return made

    def _start(
        self,
        containers: tuple[ContainerDefinition, ...],
        scripts: dict[str, Script],
        fields: dict[str, Any],
    ) -> None:
        self.reports: list[ReportContainer | ReportTask] = []
        self.times: list[float] = []
        options = {k: fields.pop(k) for k in ("fixed_ports", "extra_hosts") if k in fields}
        self.engine = SimulatedEngine(scripts, **options)
        self.driver = SimulatedDriver(self.engine, self._note)
        definition = TaskDefinition("fam", 1, containers, **{"stop_timeout": 5, **fields})
        self.identity = TaskIdentity(ARN, "fam", definition)
        self.driver.run(self.identity)

    def _note(self, _task: TaskIdentity, report: ReportContainer | ReportTask) -> None:
        self.reports.append(report)
        self.times.append(self.driver.now)

    @property
    def order(self) -> list[tuple[str, str]]:
        """What was reported, as (who, status)."""
        return [
            (r.container if isinstance(r, ReportContainer) else "task", r.status.name)
            for r in self.reports
        ]

    def when(self, who: str, status: str) -> float:
        return self.times[self.order.index((who, status))]

    def container(self, name: str) -> ReportContainer:
        """The last report of a container."""
        return [r for r in self.reports if isinstance(r, ReportContainer) and r.container == name][
            -1
        ]

    def task(self) -> ReportTask:
        return [r for r in self.reports if isinstance(r, ReportTask)][-1]

    def wait(self, who: str, status: str) -> Simulation:
        assert self.driver.run_until(lambda: (who, status) in self.order), self.order
        return self

    def running(self) -> Simulation:
        return self.wait("task", "RUNNING")

    def stopped(self) -> Simulation:
        return self.wait("task", "STOPPED")

    def settled(self) -> Simulation:
        """Let time pass until nothing more will happen."""
        self.driver.advance()
        return self

    def kill(self, name: str, signal: str = "SIGKILL") -> Simulation:
        self.driver.kill(ARN, name, signal)
        return self

    def oom(self, name: str) -> Simulation:
        self.driver.oom(ARN, name)
        return self

    def stop(self) -> Simulation:
        self.driver.stop(ARN)
        return self


def story(
    *containers: dict[str, Any],
    at: float = 0.0,
    kill: str = "",
    oom: str = "",
    stop: bool = False,
    until: float | None = None,
) -> Story:
    """What happens to a task of these containers, to which a fault comes at that second."""
    scripts = {c["name"]: Script(**c.get("script", {})) for c in containers}
    file = {"containerDefinitions": [{"image": "app:1", "memory": 16, **c} for c in containers]}
    told = Story(placement.identity(file, "fam"), scripts)
    for name, fault in ((kill, told.kill), (oom, told.oom)):
        if name:
            told.at(at, name, partial(fault, name))
    if stop:
        told.at(at, "", told.stop)
    told.driver.advance(until)
    return told
