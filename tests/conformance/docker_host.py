"""The real engine in the suite's vocabulary."""

from __future__ import annotations

import io
import itertools
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from docker import DockerClient
from support.tasks import READY, RunTask, Tasks, released

from conformance.host import Host, Report, Task
from conformance.vocabulary import REGISTRY, App, Json
from pytest_multidocker.ecs.accounting import Account
from pytest_multidocker.ecs.definition import TaskDefinition
from pytest_multidocker.ecs.state import TaskState
from pytest_multidocker.engine import observation
from pytest_multidocker.engine.run import Run
from pytest_multidocker.engine.sweep import Removed, leftovers, remove_run

if TYPE_CHECKING:
    from typing_extensions import Self

_PING = re.compile(r"^PING \S+ \(([\d.]+)\)")


class DockerTask(Task):
    """A task of real containers, which can be looked into."""

    def __init__(self, task: RunTask, client: DockerClient, apps: tuple[App, ...]) -> None:
        super().__init__(task.identity)
        self.client = client
        self._task = task
        self._since = int(time.time())
        self._get_ready = {container.name for container in apps if container.gets_ready}

    @property
    def reports(self) -> list[Report]:
        return self._task.reports

    @property
    def state(self) -> TaskState:
        return self._task.state

    def until(self, done: Callable[[], bool]) -> None:
        self._task.until(done)

    def ready(self, name: str) -> Self:
        super().ready(name)
        if name in self._get_ready and (name, "RUNNING") in self.order:
            self.said(name, READY)
        return self

    def said(self, name: str, line: str, times: int = 1) -> Self:
        self._task.said(name, line, times)
        return self

    def stop(self) -> Self:
        self._task.stop()
        return self

    def signal(self, name: str, signal: str) -> Self:
        self.client.api.kill(self.docker_name(name), signal)
        return self

    def gone(self) -> Self:
        deadline = time.monotonic() + 10
        while left := self._task.left():
            assert time.monotonic() < deadline, left
            time.sleep(0.05)
        return self

    def started(self, name: str, times: int) -> Self:
        self.happened(name, "start", times)
        return self.said(name, READY, times) if name in self._get_ready else self

    def exists(self, name: str) -> bool:
        return bool(self.client.api.containers(all=True, filters={"name": self.docker_name(name)}))

    def is_alive(self, name: str) -> bool:
        return bool(self.inspect(name)["State"]["Running"])

    def created_at(self, name: str) -> float:
        return observation.seconds(self.inspect(name)["Created"])

    def started_at(self, name: str) -> float:
        return observation.seconds(self.inspect(name)["State"]["StartedAt"])

    def ended_at(self, name: str) -> float:
        return observation.seconds(self.inspect(name)["State"]["FinishedAt"])

    def docker_name(self, name: str) -> str:
        return self._task.docker_name(name)

    def address(self, name: str) -> str:
        return str(self.inspect(name)["NetworkSettings"]["IPAddress"])

    def resolve(self, name: str, *hosts: str) -> dict[str, str | None]:
        each = "echo @$host; ping -c1 -W1 $host"
        _, output = self.exec(name, f"for host in {' '.join(hosts)}; do {each}; done 2>&1")
        answers = dict(part.split("\n", 1) for part in output.split("@")[1:])
        found = {host: _PING.match(answers[host]) for host in hosts}
        for host, match in found.items():
            assert match or answers[host] == f"ping: bad address '{host}'\n", answers[host]
        return {host: match and match[1] for host, match in found.items()}

    # --- what only a real container can be asked ---------------------------------------------

    def inspect(self, name: str) -> Json:
        """Return what ``docker inspect`` shows."""
        return self._task.inspect(name)

    def host_config(self, name: str, *members: str) -> tuple[Any, ...]:
        """Return members of the ``HostConfig``."""
        config = self.inspect(name)["HostConfig"]
        return tuple(config[member] for member in members)

    def exec(self, name: str, script: str) -> tuple[int, str]:
        """Run a shell script in a container; return its exit code and output."""
        return self._task.exec(name, script)

    def output(self, name: str) -> str:
        """Return what a container has printed on its standard output."""
        return self._task.logs(name)

    def happened(self, name: str, event: str, times: int = 1) -> Self:
        """Return when Docker has told of an event of a container."""
        filters = {"type": "container", "container": self.docker_name(name)}
        stream = self.client.api.events(since=self._since, filters=filters, decode=True)
        with released(stream) as events:
            found = (each for each in events if each["Action"] == event)
            assert len(list(itertools.islice(found, times))) == times
        return self


class DockerHost(Host):
    """An agent on the real engine, under a run of its own."""

    def __init__(
        self, client: DockerClient, image: str, memory: int | None = None, **options: Any
    ) -> None:
        super().__init__()
        if memory is not None:
            options["room"] = lambda _task: Account.of(cpu=1024, memory=memory)
        self.client = client
        self.run_id = Run.start()
        self.tasks = Tasks(client, self.run_id, image, **options)
        self._image = image
        self._images: list[str] = []

    def run(self, *apps: App, volumes: list[Json] | None = None, **definition: Any) -> DockerTask:
        task = super().run(*apps, volumes=volumes, **definition)
        assert isinstance(task, DockerTask)
        return task

    def image(self, container: App) -> str:
        script = container.behaviour.script
        if script.pull_error is not None:
            return self._tagged() if script.cached else f"{REGISTRY}/nothing:1"
        if script.stop_signal != "SIGTERM":
            return self.build(f"STOPSIGNAL {script.stop_signal}")
        return self._image

    def _tagged(self) -> str:
        repository, tag = f"{REGISTRY}/conformance", self.run_id.id
        self.client.images.get(self._image).tag(repository, tag)
        self._images.append(f"{repository}:{tag}")
        return self._images[-1]

    def build(self, *instructions: str) -> str:
        """Return an image like the suite's, with more instructions of a Dockerfile."""
        recipe = "\n".join([f"FROM {self._image}", *instructions, ""])
        image, _ = self.client.images.build(fileobj=io.BytesIO(recipe.encode()), rm=True)
        self._images.append(str(image.id))
        return str(image.id)

    def take_up(self, definition: TaskDefinition, apps: tuple[App, ...]) -> DockerTask:
        return DockerTask(self.tasks.take_up(definition), self.client, apps)

    def close(self) -> None:
        self.tasks.close()
        for image in self._images:
            self.client.images.remove(image)
        left = leftovers(self.client, self.run_id.id)
        remove_run(self.client, self.run_id.id)
        self.run_id.end()
        assert left == Removed(self.run_id.id)
