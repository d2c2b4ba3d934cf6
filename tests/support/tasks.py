"""An agent on a real Docker Engine, and what it has reported of its tasks."""

from __future__ import annotations

import contextlib
import itertools
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from docker import DockerClient

from pytest_multidocker.aws.metadata import MetadataEndpoint
from pytest_multidocker.dockerrun import parse_containers, parse_volumes
from pytest_multidocker.ecs.actions import ReportContainer, ReportTask
from pytest_multidocker.ecs.definition import TaskDefinition
from pytest_multidocker.ecs.state import TaskState
from pytest_multidocker.ecs.status import TaskStatus
from pytest_multidocker.engine.docker_engine import DockerEngine
from pytest_multidocker.engine.driver import Driver
from pytest_multidocker.engine.environment import Environment
from pytest_multidocker.engine.identity import TASK_LABEL, TaskIdentity
from pytest_multidocker.engine.policy import Lent, Policy
from pytest_multidocker.engine.run import Run
from pytest_multidocker.engine.sweep import remove_run
from support.waiting import BOUND

Json = dict[str, Any]
_NUMBERS = itertools.count(1)
READY = "ready"
"""What a container prints as soon as its signal handlers stand."""


def obeys(code: int = 0) -> list[str]:
    """A command that runs until it is told to stop, and prints ``READY`` before.

    Until then the signal is lost: the first process of a container ignores what it does not handle.
    """
    return ["busybox", "sh", "-c", f"trap 'exit {code}' TERM; echo {READY}; sleep 1000 & wait"]


def assume(role: str, session: str, seconds: int) -> Json:
    """Credentials as STS gives them, whatever the role."""
    expiration = datetime.now(timezone.utc) + timedelta(seconds=seconds)
    keys = {"AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "secret", "SessionToken": session}
    return {**keys, "Expiration": expiration}


@contextlib.contextmanager
def released(stream: Any) -> Iterator[Any]:
    """A stream of Docker's library that is let go of with the block."""
    try:
        yield stream
    finally:
        stream.close()
        stream._response.close()  # which the library leaves to the garbage collector


class Tasks:
    """An agent on the real engine, and what it has reported of its tasks.

    ``assume`` assumes the roles of tasks, ``fetch`` gets their secrets and environment files.
    """

    def __init__(self, client: DockerClient, run: Run, image: str, **options: Any) -> None:
        self.client = client
        self.image = image
        self.project = Path(tempfile.mkdtemp(dir=run.workdir))
        self.logs = Path(tempfile.mkdtemp(dir=run.workdir))
        self._run = run
        self._reports: list[tuple[str, ReportContainer | ReportTask]] = []
        self._changed = threading.Condition()
        of_driver = {"keep_stopped": options.pop("keep_stopped", 3600)}
        of_driver.update({name: options.pop(name) for name in ("room",) if name in options})
        lent = Lent(self.project, self.logs)
        policy = Policy(lambda _task, root: lent.folder(root), frozenset(options.pop("allow", ())))
        self._metadata = MetadataEndpoint(client, run.id, options.pop("assume", assume))
        environment = Environment(
            inject=self._metadata.variables,
            forget=self._metadata.forget,
            **({"fetch": options.pop("fetch")} if "fetch" in options else {}),
        )
        self.engine = DockerEngine(
            client, run, policy, **{"fixed_ports": False, "environment": environment, **options}
        )
        self.driver = Driver(self.engine, self._note, **of_driver)
        self._metadata.open(self.driver.state)
        self._count = 0

    def _note(self, task: TaskIdentity, report: ReportContainer | ReportTask) -> None:
        with self._changed:
            self._reports.append((task.arn, report))
            self._changed.notify_all()

    def run(self, *containers: Json, volumes: list[Json] | None = None, **fields: Any) -> RunTask:
        """Take up a task of these container definitions: busybox, 16 MiB, unless they say else."""
        self._count += 1
        parsed = parse_containers([{"image": self.image, "memory": 16, **c} for c in containers])
        definition = TaskDefinition(
            "fam", self._count, parsed, parse_volumes(volumes or []), stop_timeout=5, **fields
        )
        return self.take_up(definition)

    def take_up(self, definition: TaskDefinition) -> RunTask:
        """Take up a task of that definition."""
        arn = f"arn:aws:ecs:us-east-1:123456789012:task/{self._run.id}/{next(_NUMBERS):032x}"
        identity = TaskIdentity(arn, self._run.id, definition)
        self.driver.run(identity)
        return RunTask(self, identity)

    def reports(self, arn: str) -> list[ReportContainer | ReportTask]:
        with self._changed:
            return [report for task, report in self._reports if task == arn]

    def wait(self, done: Callable[[], bool], timeout: float = BOUND) -> None:
        with self._changed:
            assert self._changed.wait_for(done, timeout), self._reports

    def close(self) -> None:
        """Let go of all tasks and remove all that is of them."""
        self.driver.close()
        self._metadata.close()
        remove_run(self.client, self._run.id)


class RunTask:
    """One task of :class:`Tasks`."""

    def __init__(self, tasks: Tasks, identity: TaskIdentity) -> None:
        self._tasks = tasks
        self.identity = identity
        self.arn = identity.arn

    @property
    def reports(self) -> list[ReportContainer | ReportTask]:
        return self._tasks.reports(self.arn)

    @property
    def state(self) -> TaskState:
        """What the agent knows of the task."""
        return self._tasks.driver.state(self.arn)

    def order(self) -> list[tuple[str, str]]:
        """What was reported, as (who, status)."""
        return [
            (r.container if isinstance(r, ReportContainer) else "task", r.status.name)
            for r in self.reports
        ]

    def container(self, name: str) -> ReportContainer:
        """The last report of a container."""
        return [r for r in self.reports if isinstance(r, ReportContainer) and r.container == name][
            -1
        ]

    def running(self) -> RunTask:
        """Return when it runs, and its containers of :func:`obeys` do as they are told."""
        self._tasks.wait(lambda: ("task", "RUNNING") in self.order())
        for container in self.identity.definition.containers:
            if any(f"echo {READY}" in part for part in container.command or ()):
                self.said(container.name, READY)
        return self

    def stopped(self) -> RunTask:
        self._tasks.wait(lambda: ("task", "STOPPED") in self.order())
        return self

    def wait(self, name: str, status: str) -> RunTask:
        return self.until(lambda: (name, status) in self.order())

    def until(self, done: Callable[[], bool], timeout: float = BOUND) -> RunTask:
        """Return when ``done`` is true, which is asked after each report."""
        self._tasks.wait(done, timeout)
        return self

    def stop(self) -> RunTask:
        self._tasks.driver.stop(self.arn)
        return self

    def docker_name(self, name: str) -> str:
        return self.identity.container_name(name)

    def inspect(self, name: str) -> Json:
        return dict(self._tasks.client.api.inspect_container(self.docker_name(name)))

    def exec(self, name: str, script: str) -> tuple[int, str]:
        container = self._tasks.client.containers.get(self.docker_name(name))
        code, output = container.exec_run(["sh", "-c", script])
        assert isinstance(output, bytes)
        return code or 0, output.decode()

    def logs(self, name: str) -> str:
        """The standard output; how the other stream falls between, Docker does not keep."""
        container = self._tasks.client.containers.get(self.docker_name(name))
        output: bytes = container.logs(stderr=False)
        return output.decode()

    def said(self, name: str, line: str, times: int = 1) -> RunTask:
        """Return when it has printed the line so often."""
        output = ""
        stream = self._tasks.client.api.logs(self.docker_name(name), stream=True, follow=True)
        with released(stream) as chunks:
            for chunk in chunks:
                output += chunk.decode()
                if output.splitlines().count(line) >= times:
                    return self
        raise AssertionError(f"{name} ended without printing {line!r}: {output}")

    def left(self) -> list[str]:
        """The Docker names of the containers and volumes that are still there."""
        filters = {"label": f"{TASK_LABEL}={self.arn}"}
        containers = self._tasks.client.api.containers(all=True, filters=filters)
        volumes = self._tasks.client.api.volumes(filters=filters)["Volumes"] or []
        return [c["Names"][0] for c in containers] + [v["Name"] for v in volumes]

    def task_report(self) -> ReportTask:
        """The last report of the task itself."""
        return [r for r in self.reports if isinstance(r, ReportTask)][-1]

    @property
    def is_stopped(self) -> bool:
        return any(
            isinstance(r, ReportTask) and r.status is TaskStatus.STOPPED for r in self.reports
        )
