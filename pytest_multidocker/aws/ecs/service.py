"""ECS as a service of the emulator: the API's backend, the agent and the engine, joined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...ecs.accounting import required, required_without_ports
from ...ecs.actions import ReportContainer, ReportTask
from ...engine.docker_engine import DockerEngine
from ...engine.driver import Driver
from ...engine.environment import Environment
from ...engine.identity import TaskIdentity
from ...engine.policy import Policy
from ..metadata import MetadataEndpoint
from ..moto_services import install_backend
from .backend import EcsBackend
from .lending import Lending
from .records import TaskRecord
from .reporting import Reporter
from .resources import TaskResources
from .responses import EcsResponse
from .shipping import LogShipper

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
        self._metadata: MetadataEndpoint | None = None
        self._shipper: LogShipper | None = None

    def install(self) -> None:
        """Put the backend in the place of moto's and start the agent."""
        options = self._emulator.options
        workdir = self._emulator.run.workdir
        lending = Lending(
            options.project_dir,
            copies=workdir / "bundles",
            logs=options.log_dir or workdir / "logs",
            instances=self._emulator.instances.find,
        )
        policy = Policy(lending.lend, frozenset(options.allow))
        client = self._emulator.docker()
        metadata = MetadataEndpoint(client, self._emulator.run.id, self._assume, self._tags)
        self._shipper = shipper = LogShipper(client, self._client)
        fetch = TaskResources(self._client).fetch
        engine = DockerEngine(
            client,
            self._emulator.run,
            policy,
            extra_hosts=self._emulator.endpoints.extra_hosts,
            fixed_ports=options.host_ports == "declared",
            own_ports=lending.has_own,
            forget=lending.take_back,
            images=options.images,
            pull_behavior=options.image_pull_behavior,
            mirror=lambda: self._emulator.registry.started,
            environment=Environment(fetch, metadata.variables, metadata.forget),
        )

        def report(task: TaskIdentity, report: ReportContainer | ReportTask) -> None:
            shipper.heed(task, report)
            self._reporter.send(task, report)

        self._driver = Driver(
            engine,
            report,
            keep_stopped=options.cleanup_after,
            room=lambda task: self._backend_of(task).empty(task.instance),
            needs=required if options.host_ports == "declared" else required_without_ports,
        )
        self._metadata = metadata
        metadata.open(self._driver.state)
        backend = type("EcsBackend", (EcsBackend,), {"agent": self})
        self._backends = install_backend(self._emulator, self.name, backend, EcsResponse)
        self._reporter.prepare(options.region)

    def close(self) -> None:
        """Let go of the tasks: their containers are removed with the run."""
        if self._driver is not None:
            self._driver.close()
        if self._metadata is not None:
            self._metadata.close()
        if self._shipper is not None:
            self._shipper.close()
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
        self._backend_of(task).health_changed(task.arn.rpartition("/")[2], name, health)

    def _tags(self, task: TaskIdentity) -> tuple[dict[str, str], dict[str, str]]:
        backend = self._backend_of(task)
        return backend.tags_of(backend.task_records[task.arn.rpartition("/")[2]])

    def _backend_of(self, task: TaskIdentity) -> EcsBackend:
        backend: EcsBackend = self._backends[task.account][task.region]
        return backend

    def _assume(self, role: str, session: str, seconds: int) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = self._client("sts", self._emulator.options.region).assume_role(
            RoleArn=role, RoleSessionName=session, DurationSeconds=seconds
        )["Credentials"]
        return answer

    def _connect(self, region: str) -> Any:
        return self._client("ecs", region)

    def _client(self, service: str, region: str) -> Any:
        from ...emulator_session import EmulatorSession

        session = EmulatorSession(self._emulator.endpoint_url, region, "multidocker-agent")
        return session.client(service)


def _identity(task: TaskRecord) -> TaskIdentity:
    return TaskIdentity(
        task.task_arn,
        task.cluster_arn.rpartition("/")[2],
        task.definition,
        {container.name: container.container_arn for container in task.containers},
        task.container_instance_arn,
    )
