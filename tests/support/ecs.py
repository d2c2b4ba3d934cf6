"""ECS without Docker: its API on moto's server, and an agent that only notes what it is told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from pytest_multidocker.aws.ecs.backend import EcsBackend
from pytest_multidocker.aws.ecs.records import TaskRecord
from pytest_multidocker.aws.ecs.responses import EcsResponse
from pytest_multidocker.aws.events import EventLog
from pytest_multidocker.aws.failures import answering, create_app
from pytest_multidocker.aws.moto_services import install_backend
from pytest_multidocker.aws.options import EmulatorOptions
from support.beanstalk import Listener
from support.clients import client

Json = dict[str, Any]


class IdleAgent:
    """Leaves every task PENDING."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.stopped: list[str] = []

    def start(self, task: TaskRecord) -> None:
        self.started.append(task.task_arn)

    def stop(self, task: TaskRecord) -> None:
        self.stopped.append(task.task_arn)

    def discard(self, task: TaskRecord) -> None:
        """Nothing is there to be removed."""


class Ecs:
    """An ECS API to talk to: the cluster ``default`` has one instance."""

    def __init__(self, listener: Listener) -> None:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication

        self.agent = IdleAgent()
        emulator: Any = SimpleNamespace(options=EmulatorOptions(), events=EventLog())
        backend = type("EcsBackend", (EcsBackend,), {"agent": self.agent})
        self._backends = install_backend(emulator, "ecs", backend, EcsResponse)
        listener.app = answering(DomainDispatcherApplication(create_app))
        self.url = listener.url
        self.api = client(listener.url, "ecs")

    def register(self, family: str = "web", **fields: Any) -> str:
        """Register a revision of one container; return its ARN."""
        container = {"name": "web", "image": "nginx", "memory": 16}
        answer = self.api.register_task_definition(
            **{"family": family, "containerDefinitions": [container], **fields}
        )
        return str(answer["taskDefinition"]["taskDefinitionArn"])

    def run(self, definition: str = "web", **fields: Any) -> Json:
        """Run one task of a definition; return it."""
        answer = self.api.run_task(taskDefinition=definition, **fields)
        assert answer["failures"] == []
        return dict(answer["tasks"][0])

    def close(self) -> None:
        """Give moto its own backend back, and have it forget what else tests have made."""
        from moto.ecs.models import EC2ContainerServiceBackend

        self._backends.backend = EC2ContainerServiceBackend
        self._backends.clear()
