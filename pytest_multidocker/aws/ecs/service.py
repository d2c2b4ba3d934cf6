"""ECS as a service of the emulator: the API's backend, the agent and the engine, joined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...engine.docker_engine import DockerEngine
from ...engine.driver import Driver
from ...engine.identity import TaskIdentity
from ...engine.policy import Policy
from ..moto_services import install_backend
from .backend import EcsBackend
from .records import TaskRecord
from .reporting import Reporter
from .responses import EcsResponse

if TYPE_CHECKING:
    from ..emulator import Emulator


class EcsService:
    """Runs the tasks of all clusters, in every region, on the emulator's Docker Engine."""

    name = "ecs"

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._backends: Any = None
        self._reporter = Reporter(self._connect, self._measured)
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
            images=options.images,
        )
        self._driver = Driver(engine, self._reporter.send, keep_stopped=options.cleanup_after)
        backend = type("EcsBackend", (EcsBackend,), {"agent": self})
        self._backends = install_backend(self._emulator, self.name, backend, EcsResponse)
        self._reporter.prepare(options.region)

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

    def discard(self, task: TaskRecord) -> None:
        """Have the agent forget a task, and remove its containers."""
        if self._driver is not None:
            self._driver.discard(task.task_arn)

    def _measured(self, task: TaskIdentity, name: str, health: str) -> None:
        # Health has no place in SubmitContainerStateChange: the real agent sends it to the
        # telemetry service, which has no public API.
        _, _, _, region, account, _ = task.arn.split(":", 5)
        task_id = task.arn.rpartition("/")[2]
        self._backends[account][region].health_changed(task_id, name, health)

    def _connect(self, region: str) -> Any:
        import boto3

        return boto3.client(
            "ecs",
            endpoint_url=self._emulator.endpoint_url,
            region_name=region,
            aws_access_key_id="multidocker-agent",
            aws_secret_access_key="multidocker-agent",  # noqa: S106 - the emulator asks for none
        )


def _identity(task: TaskRecord) -> TaskIdentity:
    return TaskIdentity(task.task_arn, task.cluster_arn.rpartition("/")[2], task.definition)
