"""The simulated engine in the suite's vocabulary."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from conformance.host import Host, Report, Task
from conformance.vocabulary import App, Json, scripts
from pytest_multidocker.ecs.accounting import Account
from pytest_multidocker.ecs.definition import TaskDefinition
from pytest_multidocker.ecs.events import Created
from pytest_multidocker.ecs.state import TaskState
from pytest_multidocker.engine.identity import TaskIdentity
from pytest_multidocker.engine.protocol import EngineAction
from pytest_multidocker.engine.simulated import Script, SimulatedDriver, SimulatedEngine
from pytest_multidocker.engine.simulated.container import SimulatedContainer
from pytest_multidocker.errors import TaskError

if TYPE_CHECKING:
    from typing_extensions import Self

_NUMBERS = itertools.count(1)
_BOUND = 3600  # seconds of virtual time
_LATER = 10  # when any script of a case has come to its end


class SimulatedTask(Task):
    """A task of simulated containers."""

    def __init__(self, identity: TaskIdentity, host: SimulatedHost) -> None:
        super().__init__(identity)
        self._host = host
        self._driver = host.driver

    @property
    def reports(self) -> list[Report]:
        return [report for arn, report in self._host.reports if arn == self.arn]

    @property
    def state(self) -> TaskState:
        return self._driver.state(self.arn)

    def until(self, done: Callable[[], bool]) -> None:
        assert self._driver.run_until(done, self._driver.now + _BOUND), self.reports

    def said(self, name: str, line: str) -> Self:
        self._driver.advance(self._driver.now + _LATER)
        return self

    def stop(self) -> Self:
        self._driver.stop(self.arn)
        return self

    def signal(self, name: str, signal: str) -> Self:
        self._driver.kill(self.arn, name, signal)
        return self

    def gone(self) -> Self:
        names = [container.name for container in self.identity.definition.containers]
        self.until(lambda: not any(self.exists(name) for name in names))
        return self

    def started(self, name: str, times: int) -> Self:
        self.until(lambda: self.exists(name) and self.container(name).run >= times)
        self.until(lambda: self.is_alive(name))
        return self

    def exists(self, name: str) -> bool:
        try:
            self.container(name)
        except TaskError:
            return False
        return True

    def is_alive(self, name: str) -> bool:
        return self.container(name).is_running

    def created_at(self, name: str) -> float:
        return _seconds(self._host.engine.created_at[self.arn, name])

    def started_at(self, name: str) -> float:
        started = self.container(name).started_at
        assert started is not None, f"{name} has not been started"
        return _seconds(started)

    def ended_at(self, name: str) -> float:
        end = self.container(name).end
        assert end is not None, f"{name} has not ended"
        return _seconds(end.at)

    def docker_name(self, name: str) -> str:
        return self.container(name).docker_name

    def address(self, name: str) -> str:
        return self.container(name).address

    def resolve(self, name: str, *hosts: str) -> dict[str, str | None]:
        return {host: self.container(name).hosts.get(host) for host in hosts}

    def container(self, name: str) -> SimulatedContainer:
        """Return a container as the engine has it; raises ``TaskError`` where it has none."""
        return self._driver.engine.container(self.arn, name)


def _seconds(time: float) -> float:
    return round(time, 6)  # sums of tenths are not


class _Engine(SimulatedEngine):
    """Keeps when containers were created, which nobody else asks a simulation."""

    def __init__(self, scripts: Mapping[str, Script], **options: Any) -> None:
        super().__init__(scripts, **options)
        self.created_at: dict[tuple[str, str], float] = {}

    def perform(self, action: EngineAction, task: TaskIdentity) -> Any:
        event = super().perform(action, task)
        if isinstance(event, Created):
            self.created_at[task.arn, event.container] = event.at
        return event


class SimulatedHost(Host):
    """An agent on the simulated engine."""

    def __init__(self, memory: int | None = None, **options: Any) -> None:
        super().__init__()
        self.reports: list[tuple[str, Report]] = []
        self._scripts: dict[str, Script] = {}
        of_driver = {name: options.pop(name) for name in ("keep_stopped",) if name in options}
        if memory is not None:
            of_driver["room"] = lambda _task: Account.of(cpu=1024, memory=memory)
        self.engine = _Engine(self._scripts, **{"fixed_ports": False, **options})
        self.driver = SimulatedDriver(self.engine, self._note, **of_driver)

    def _note(self, task: TaskIdentity, report: Report) -> None:
        self.reports.append((task.arn, report))

    def run(
        self, *apps: App, volumes: list[Json] | None = None, **definition: Any
    ) -> SimulatedTask:
        task = super().run(*apps, volumes=volumes, **definition)
        assert isinstance(task, SimulatedTask)
        return task

    def image(self, container: App) -> str:
        return "busybox"

    def take_up(self, definition: TaskDefinition, apps: tuple[App, ...]) -> SimulatedTask:
        self._scripts.update(scripts(apps))
        arn = f"arn:aws:ecs:us-east-1:123456789012:task/simulated/{next(_NUMBERS):032x}"
        identity = TaskIdentity(arn, "simulated", definition)
        self.driver.run(identity)
        return SimulatedTask(identity, self)

    def close(self) -> None:
        self.driver.close()
