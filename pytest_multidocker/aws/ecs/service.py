"""ECS as a service of the emulator: the API's backend, the agent and the engine, joined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...ecs.actions import ReportContainer
from ...engine.docker_engine import DockerEngine
from ...engine.driver import Driver
from ...engine.identity import TaskIdentity
from ...engine.policy import Policy
from ..moto_services import install_backend
from .backend import EcsBackend
from .records import TaskRecord
from .reporting import Report, Reporter
from .responses import EcsResponse

if TYPE_CHECKING:
    from ..emulator import Emulator


class EcsService:
    """Runs the tasks of all clusters, in every region, on the emulator's Docker Engine."""

    name = "ecs"

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._backends: Any = None
        self._reporter = Reporter(self._connect)
        self._driver: Driver | None = None

    def install(self) -> None:
        """Put the backend in the place of moto's and start the agent."""
        options = self._emulator.options
        policy = Policy(
            project_dir=options.project_dir,
            log_dir=options.log_dir or self._emulator.run.workdir / "logs",
            allow=frozenset(options.allow),
        )
        engine = DockerEngine(
            self._emulator.docker(),
            self._emulator.run,
            policy,
            extra_hosts=self._emulator.endpoints.extra_hosts,
            fixed_ports=options.host_ports == "declared",
        )
        self._driver = Driver(engine, self._report, keep_stopped=options.cleanup_after)
        backend = type("EcsBackend", (EcsBackend,), {"agent": self})
        self._backends = install_backend(self._emulator, self.name, backend, EcsResponse)

    def close(self) -> None:
        """Let go of the tasks: their containers are removed with the run."""
        if self._driver is not None:
            self._driver.close()
        self._reporter.close(timeout=1)

    def start(self, task: TaskRecord) -> None:
        """Hand a placed task to the agent."""
        if self._driver is not None:
            self._driver.run(_identity(task))

    def stop(self, task: TaskRecord) -> None:
        """Have the agent stop a task."""
        if self._driver is not None:
            self._driver.stop(task.task_arn)

    def _report(self, task: TaskIdentity, report: Report) -> None:
        self._reporter.send(task, report)
        if isinstance(report, ReportContainer) and report.health:
            self._measure(task, report.container, report.health)

    def _measure(self, task: TaskIdentity, name: str, health: str) -> None:
        # Health has no place in SubmitContainerStateChange: the real agent sends it to the
        # telemetry service, which has no public API.
        task_id = task.arn.rpartition("/")[2]
        for regions in self._backends.values():
            for backend in regions.values():
                if task_id in backend.task_records:
                    backend.health_changed(backend.task_records[task_id], name, health)

    def _connect(self) -> Any:
        import boto3

        return boto3.client(
            "ecs",
            endpoint_url=self._emulator.endpoint_url,
            region_name=self._emulator.options.region,
            aws_access_key_id="multidocker-agent",
            aws_secret_access_key="multidocker-agent",  # noqa: S106 - the emulator asks for none
        )


def _identity(task: TaskRecord) -> TaskIdentity:
    return TaskIdentity(task.task_arn, task.cluster_arn.rpartition("/")[2], task.definition)
