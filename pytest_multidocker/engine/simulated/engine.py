"""An engine without containers: it answers the agent as Docker would, each by its script.

:meth:`SimulatedEngine.perform` returns at once. The event that it returns lies ahead, on the
agenda's clock; whoever drives the agent delivers it when its time has come.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from ...ecs import reasons
from ...ecs.actions import Create, Provision, Pull, Start, Stop
from ...ecs.events import (
    Created,
    CreateFailed,
    Died,
    EngineEvent,
    HealthChanged,
    Provisioned,
    Pulled,
    PullFailed,
    Started,
    StartFailed,
    StopFailed,
)
from ...errors import TaskError
from ..identity import TaskIdentity
from . import network, words
from .agenda import Agenda
from .checks import cannot_create, dead_link, unlinkable
from .container import End, Phase, SimulatedContainer, digest
from .script import Script
from .signals import fatal

if TYPE_CHECKING:
    from ...ecs.pulls import PullBehavior
    from ..protocol import EngineAction, Listener


class SimulatedEngine:
    """Containers that follow ``scripts``, by the names of their definitions.

    One without a script runs until it is stopped. ``fixed_ports`` and ``extra_hosts`` are those of
    the Docker engine; so is ``pull_behavior``, by default the agent's own.
    """

    def __init__(
        self,
        scripts: Mapping[str, Script] | None = None,
        *,
        agenda: Agenda | None = None,
        extra_hosts: Callable[[], Mapping[str, str]] = dict,
        fixed_ports: bool = True,
        pull_behavior: PullBehavior = "default",
    ) -> None:
        self.agenda = agenda or Agenda()
        self._scripts = {} if scripts is None else scripts
        self._extra_hosts = extra_hosts
        self._pull_behavior = pull_behavior
        self._network = network.Network(fixed_ports=fixed_ports)
        self._tasks: dict[str, dict[str, SimulatedContainer]] = {}
        self._listener: Listener = lambda _arn, _event: None

    # --- what every engine does -------------------------------------------------------------

    def watch(self, listener: Listener) -> None:
        """Tell the listener of deaths and health when the agenda comes to them."""
        self._listener = listener

    def close(self) -> None:
        """Tell the listener of nothing more."""
        self._listener = lambda _arn, _event: None

    def remove(self, task: TaskIdentity) -> None:
        """Forget the task's containers; those that run are gone without a word."""
        for container in self._tasks.pop(task.arn, {}).values():
            self._network.leave(container)
            container.phase, container.run = Phase.EXITED, -1

    def perform(self, action: EngineAction, task: TaskIdentity) -> EngineEvent:
        """Return what will come of the action, at its time. Volumes are there at once."""
        if isinstance(action, Provision):
            return Provisioned(self.agenda.now)
        if isinstance(action, Pull):
            return self._pull(action, task)
        if isinstance(action, Create):
            return self._create(action, task)
        if isinstance(action, Start):
            return self._start(action, task)
        return self._stop(action, task)

    # --- what can be asked of a simulation only ---------------------------------------------

    def container(self, task_arn: str, name: str) -> SimulatedContainer:
        """Return a container as it stands; raises :class:`TaskError` before it is created."""
        found = self._tasks.get(task_arn, {}).get(name)
        if found is None:
            raise TaskError(f"Container '{name}' was never created.")
        return found

    def containers(self, task_arn: str) -> list[SimulatedContainer]:
        """Return all containers of a task that have been created."""
        return list(self._tasks.get(task_arn, {}).values())

    def kill(self, task_arn: str, name: str, signal: str = "SIGKILL") -> None:
        """Send a signal to a container's first process, as ``docker kill`` does.

        Raises :class:`TaskError` where it does not run.
        """
        container = self._running(task_arn, name)
        if (end := fatal(container, signal, self.agenda.now)) is not None:
            self._plan(container, end)

    def oom(self, task_arn: str, name: str) -> None:
        """Let a container use more memory than its hard limit: the kernel kills it.

        Raises :class:`TaskError` where it does not run or has no hard limit.
        """
        container = self._running(task_arn, name)
        if not container.definition.memory:
            raise TaskError(f"Container '{name}' has no hard limit to exceed.")
        self._plan(container, End(self.agenda.now, oom_killed=True))

    def report_health(self, task_arn: str, name: str, health: str) -> None:
        """Let a container's health check give HEALTHY or UNHEALTHY."""
        self._running(task_arn, name)
        self._listener(task_arn, HealthChanged(name, self.agenda.now, health))

    def _running(self, task_arn: str, name: str) -> SimulatedContainer:
        container = self.container(task_arn, name)
        if not container.is_running:
            raise TaskError(f"Container '{name}' cannot be killed: it is not running")
        return container

    # --- the agent's actions ----------------------------------------------------------------

    def _script(self, name: str) -> Script:
        return self._scripts.get(name) or Script()

    def _pull(self, action: Pull, task: TaskIdentity) -> Pulled | PullFailed:
        script = self._script(action.container)
        at = self.agenda.now + script.pull_delay
        tried = not (script.cached and self._pull_behavior == "prefer-cached")
        if script.pull_error is not None and tried:
            reason = reasons.cannot_pull(script.pull_error)
            ends_task = self._pull_behavior in {"always", "once"}
            return PullFailed(action.container, at, reason, fatal=ends_task)
        image = task.definition.container(action.container).image
        return Pulled(action.container, at, f"sha256:{digest(image)}")

    def _create(self, action: Create, task: TaskIdentity) -> Created | CreateFailed:
        definition, script = (
            task.definition.container(action.container),
            self._script(action.container),
        )
        at = self.agenda.now + script.create_delay
        if (reason := cannot_create(task, definition, script)) is not None:
            return CreateFailed(action.container, at, reason)
        container = SimulatedContainer(task, definition, script)
        self._tasks.setdefault(task.arn, {})[container.name] = container
        return Created(container.name, at, container.runtime_id)

    def _start(self, action: Start, task: TaskIdentity) -> Started | StartFailed | Died:
        container = self.container(task.arn, action.container)
        at = self.agenda.now + container.script.start_delay
        if (refusal := self._refusal(container)) is not None:
            reason = reasons.daemon_error("CannotStartContainerError", refusal)
            return StartFailed(container.name, at, reason)
        container.run += 1
        container.end = container.told = None
        self.agenda.at(at, partial(self._begin, container, container.run))
        end = min(container.ends(at), key=lambda end: end.at, default=None)
        if end is not None and end.at <= at:  # dead before Docker has answered
            container.told = end
            return _died(container, end)
        return Started(container.name, at, container.bindings)

    def _refusal(self, container: SimulatedContainer) -> str | None:
        """Return Docker's words for not starting the container, in the order of its checks."""
        task = self._tasks[container.task.arn]
        try:
            self._network.join(container)
        except network.PortTaken as taken:
            endpoint = digest(f"{container.docker_name} endpoint")
            return words.port_taken(container.docker_name, endpoint, taken.args[0])
        refusal = unlinkable(container, task) or container.script.start_error
        if refusal is not None:
            self._network.leave(container)
            return refusal
        container.hosts = network.hosts(container, task, self._extra_hosts())
        return None

    def _stop(self, action: Stop, task: TaskIdentity) -> Died | StopFailed:
        now = self.agenda.now
        container = self._tasks.get(task.arn, {}).get(action.container)
        if container is None:
            return Died(action.container, now, None)
        if (text := container.script.stop_error) is not None:
            reason = reasons.daemon_error("CannotStopContainerError", text)
            return StopFailed(container.name, now, reason)
        if container.is_running:
            if (end := fatal(container, container.script.stop_signal, now)) is not None:
                self._plan(container, end)
            self._plan(container, End(now + action.timeout))
        container.told = container.end
        if container.end is None:  # it has never run
            return Died(container.name, now, None)
        return _died(container, container.end)

    # --- what becomes of a container --------------------------------------------------------

    def _begin(self, container: SimulatedContainer, run: int) -> None:
        if container.run != run:
            return
        container.phase, container.started_at = Phase.RUNNING, self.agenda.now
        for end in container.ends(self.agenda.now):
            self._plan(container, end)
        if container.end is not None and container.end == container.told:
            self._end(container, run, container.end)
        for after, health in container.health():
            self.agenda.at(self.agenda.now + after, partial(self._measure, container, run, health))

    def _plan(self, container: SimulatedContainer, end: End) -> None:
        """Let the container end so, unless it will have ended before."""
        if container.end is None or end.at < container.end.at:
            container.end = end
            self.agenda.at(end.at, partial(self._end, container, container.run, end))

    def _end(self, container: SimulatedContainer, run: int, end: End) -> None:
        if container.run != run or container.end is not end:
            return
        container.phase = Phase.EXITED
        self._network.leave(container)
        if container.told != end:
            self._listener(container.task.arn, _died(container, end))
        self._fail_checks(container)

    def _fail_checks(self, dead: SimulatedContainer) -> None:
        """Let the checks of those that link to a dead container fail: Docker runs them no more."""
        for other in self.containers(dead.task.arn):
            check, links = other.definition.health_check, other.definition.links
            if other.is_running and check and dead.name in {link.name for link in links}:
                at = self.agenda.now + check.interval * check.retries
                self.agenda.at(at, partial(self._fail_check, other, other.run))

    def _fail_check(self, container: SimulatedContainer, run: int) -> None:
        if container.run == run and dead_link(container, self._tasks[container.task.arn]):
            self._measure(container, run, "UNHEALTHY")

    def _measure(self, container: SimulatedContainer, run: int, health: str) -> None:
        if container.run != run or not container.is_running:
            return
        if health == "HEALTHY" and dead_link(container, self._tasks[container.task.arn]):
            return  # the check has not been run
        changed = HealthChanged(container.name, self.agenda.now, health)
        self._listener(container.task.arn, changed)


def _died(container: SimulatedContainer, end: End) -> Died:
    return Died(container.name, end.at, end.exit_code, end.oom_killed, bindings=container.bindings)
