"""What becomes of a task, worked out from the table of the agent's behaviour and nothing else.

It is written to be read beside the table, row by row, and not to be fast or clever: a handful of
rules over plain records, applied again and again until none of them changes anything; then time
goes on to the next thing that is due. It shares no code with the agent or the simulated engine,
only the records that describe a task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from pytest_multidocker.dockerrun.model import ContainerDefinition
from pytest_multidocker.engine.simulated import Script

GAVE_UP = "CannotStartContainerError: dependency graph: "
REFUSED = "CannotCreateContainerError: Error response from daemon: "
BROKEN = "CannotStartContainerError: Error response from daemon: "
NOT_PULLED = "CannotPullContainerError: "
NO_MEMORY = "OutOfMemoryError: Container killed due to memory usage"

WAITING = ("NONE", "PULLED", "CREATED")
NEXT = {"NONE": "PULLED", "PULLED": "CREATED", "CREATED": "RUNNING"}


@dataclass(frozen=True)
class Fault:
    """Something that is done to the task from outside: ``kill``, ``oom`` or ``stop``."""

    at: float
    what: str
    container: str = ""


@dataclass(frozen=True)
class Case:
    """A task, what its containers do, and what is done to it."""

    containers: tuple[ContainerDefinition, ...]
    scripts: dict[str, Script]
    faults: tuple[Fault, ...] = ()
    stop_timeout: int = 30

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        """Print what differs from the defaults only: that is what Hypothesis shows of a case."""
        lines = [f"stop timeout {self.stop_timeout}", *map(str, self.faults)]
        for container in self.containers:
            known = {**told(container), **told(self.scripts[container.name])}
            lines.append(", ".join(f"{name}={value!r}" for name, value in known.items()))
        printer.text("\n    ".join(["Case:", *lines]))


def told(record: Any) -> dict[str, Any]:
    """The fields of a record that differ from their defaults."""
    return {
        each.name: getattr(record, each.name)
        for each in fields(record)
        if getattr(record, each.name) not in (None, (), {}, each.default) and each.name != "image"
    }


@dataclass
class Container:
    """One container, as far as the rules need it."""

    definition: ContainerDefinition
    script: Script
    status: str = "NONE"
    busy_until: float | None = None
    start_fails: str | None = None
    exists: bool = False
    ran: bool = False
    running: bool = False
    started: float | None = None
    stopped: float | None = None
    end: tuple[float, int, bool] | None = None
    stopping: bool = False
    health: str = "UNKNOWN"
    checks_fail: list[float] = field(default_factory=list)
    exit_code: int | None = None
    reason: str | None = None

    def because(self, reason: str) -> None:
        """C73: the first error sticks."""
        self.reason = self.reason or reason

    def stop(self, now: float) -> None:
        self.status, self.stopped, self.busy_until, self.running = "STOPPED", now, None, False

    def will_end(self, at: float, exit_code: int, *, oom: bool = False) -> None:
        if self.end is None or at < self.end[0]:
            self.end = (at, exit_code, oom)


@dataclass
class World:
    """The task at a moment."""

    case: Case
    containers: dict[str, Container]
    now: float = 0
    doomed: bool = False
    code: str | None = None
    ran_at: float | None = None
    stopped_at: float | None = None
    faults: list[Fault] = field(default_factory=list)
    ports: dict[int, str] = field(default_factory=dict)

    def waits_for(self, container: Container) -> Iterator[tuple[Container, str]]:
        """C29, 5.1, 5.2: links and volumesFrom are dependencies, too."""
        definition = container.definition
        for dependency in definition.depends_on:
            yield self.containers[dependency.container_name], dependency.condition
        for link in definition.links:
            yield self.containers[link.name], "START"
        for volume in definition.volumes_from:
            yield self.containers[volume.source_container], "CREATE"

    def essential(self) -> list[Container]:
        return [c for c in self.containers.values() if c.definition.essential]


def satisfied(on: Container, condition: str) -> bool:
    """C37, the table of conditions."""
    return {
        "CREATE": on.exists,
        "START": on.status in {"RUNNING", "STOPPED"},
        "COMPLETE": on.status == "STOPPED" and on.exit_code is not None,
        "SUCCESS": on.status == "STOPPED" and on.exit_code == 0,
        "HEALTHY": on.health == "HEALTHY",
    }[condition]


def refused(case: Case) -> bool:
    """C30, C32, C40: whether the dependencies can be brought into an order at all."""
    by_name = {c.name: c for c in case.containers}
    left = dict(by_name)

    def needs(container: ContainerDefinition) -> set[str]:
        return (
            {link.name for link in container.links}
            | {volume.source_container for volume in container.volumes_from}
            | {dependency.container_name for dependency in container.depends_on}
        )

    for container in case.containers:
        for dependency in container.depends_on:
            on = by_name.get(dependency.container_name)
            if on is None or (dependency.condition == "HEALTHY" and on.health_check is None):
                return True
    while left:
        free = [name for name, c in left.items() if not needs(c) & set(left)]
        if not free or any(needs(left[name]) - set(by_name) for name in free):
            return True
        for name in free:
            del left[name]
    return False


# --- the rules: each returns whether it has changed anything ----------------------------------


def essential_ends(world: World) -> bool:
    """C02, C04: an essential container that has stopped dooms the task. C14 follows from it."""
    ended = [c for c in world.essential() if c.status == "STOPPED"]
    if not ended:
        return False
    if world.code is None:
        ran = world.ran_at is not None or any(c.ran for c in ended)
        world.code = "EssentialContainerExited" if ran else "TaskFailedToStart"
    changed, world.doomed = not world.doomed, True
    return changed


def the_doomed_never_start(world: World) -> bool:
    """C14: what does not run is STOPPED at once, unless it is just being started."""
    idle = [
        c
        for c in world.containers.values()
        if world.doomed and c.status in WAITING and not _is_starting(c)
    ]
    for container in idle:
        container.stop(world.now)
    return bool(idle)


def _is_starting(container: Container) -> bool:
    return container.status == "CREATED" and container.busy_until is not None


def the_hopeless_give_up(world: World) -> bool:
    """C34, C38, C39: one look over the containers, in the order of the definition."""
    changed = False
    for container in world.containers.values():
        waits = not world.doomed and container.status in WAITING
        if waits and any(_never(world, container, *wait) for wait in world.waits_for(container)):
            container.because(GAVE_UP)
            container.exit_code = 143
            container.stop(world.now)
            changed = True
    return changed


def _never(world: World, container: Container, on: Container, condition: str) -> bool:
    timeout = on.definition.start_timeout
    timed = condition in {"COMPLETE", "SUCCESS", "HEALTHY"} and timeout and on.running
    if timed and container.status in {"NONE", "PULLED"}:
        assert timeout is not None
        assert on.started is not None
        if world.now >= on.started + timeout:
            return True
    # The agent would look for ever at one that has run and stopped without the condition; here it
    # is given up.
    return on.status == "STOPPED" and not (
        satisfied(on, condition) and (on.ran or condition in {"CREATE", "HEALTHY"})
    )


def the_ready_go_on(world: World) -> bool:
    """C29: pull, create and start each wait until all conditions hold."""
    changed = False
    for container in world.containers.values():
        idle = container.status in WAITING and container.busy_until is None
        if world.doomed or not idle:
            continue
        if all(satisfied(*wait) for wait in world.waits_for(container)):
            script = container.script
            delays = {
                "NONE": script.pull_delay,
                "PULLED": script.create_delay,
                "CREATED": script.start_delay,
            }
            container.busy_until = world.now + delays[container.status]
            if container.status == "CREATED":
                container.start_fails = _start_failure(world, container)
            changed = True
    return changed


def _start_failure(world: World, container: Container) -> str | None:
    """C33, C57, C72: a port that is taken, a link to a dead container, a bad command."""
    ports = [m.host_port for m in container.definition.port_mappings if m.host_port]
    if any(port in world.ports for port in ports):
        return f"{BROKEN}driver failed programming external connectivity"
    for link in container.definition.links:
        if not world.containers[link.name].running:
            return f"{BROKEN}Cannot link to a non running container"
    if container.script.start_error is not None:
        return BROKEN + container.script.start_error
    world.ports.update(dict.fromkeys(ports, container.definition.name))
    return None


def the_doomed_stop_in_reverse(world: World) -> bool:
    """C06, C07, C11, C12: SIGTERM when all that depend on it are down, SIGKILL after a while."""
    changed = False
    for container in world.containers.values():
        if not (world.doomed and container.status == "RUNNING" and not container.stopping):
            continue
        name = container.definition.name
        dependents = [
            other
            for other in world.containers.values()
            if any(on.definition.name == name for on, _ in world.waits_for(other))
        ]
        if all(other.status == "STOPPED" for other in dependents):
            container.stopping = changed = True
            reaction = container.script.signals.get("SIGTERM")
            if reaction is not None:
                container.will_end(world.now + reaction.after, reaction.exit_code)
            patience = container.definition.stop_timeout or world.case.stop_timeout
            container.will_end(world.now + patience, 137)
    return changed


def the_task_follows(world: World) -> bool:
    """C05, C15, C16: RUNNING when all run or have stopped, STOPPED when all have stopped."""
    statuses = {c.status for c in world.containers.values()}
    if statuses == {"STOPPED"} and world.stopped_at is None:
        world.stopped_at = world.now
        return True
    lost = any(c.status == "STOPPED" for c in world.essential())
    up = "RUNNING" in statuses and statuses <= {"RUNNING", "STOPPED"}
    if up and not lost and world.ran_at is None:
        world.ran_at = world.now
        return True
    return False


RULES: tuple[Callable[[World], bool], ...] = (
    essential_ends,
    the_doomed_never_start,
    the_hopeless_give_up,
    essential_ends,
    the_ready_go_on,
    the_doomed_stop_in_reverse,
    the_task_follows,
)


# --- what time brings -------------------------------------------------------------------------


def work_is_done(world: World, container: Container) -> None:
    """C43, C44, C70, C71, C72: the image is pulled, the container created, or started."""
    script, done = container.script, NEXT[container.status]
    container.busy_until = None
    container.status = done
    if done == "PULLED" and script.pull_error is not None:
        container.because(NOT_PULLED)
    if done == "CREATED":
        missing = script.pull_error is not None and not script.cached
        if script.create_error is not None or missing or (container.definition.memory or 6) < 6:
            container.because(REFUSED)
            container.stop(world.now)
        else:
            container.exists = True
    if done == "RUNNING" and container.start_fails is not None:
        container.because(container.start_fails)
        container.stop(world.now)
    elif done == "RUNNING":
        container.ran = container.running = True
        container.started = world.now
        if script.exit_after is not None:
            container.will_end(world.now + script.exit_after, script.exit_code)
        for second, mib in script.memory:
            if container.definition.memory and mib > container.definition.memory:
                container.will_end(world.now + second, 137, oom=True)
        _die_if_due(world, container)


def _die_if_due(world: World, container: Container) -> None:
    """C01, C46: a process ends with its code, or is killed for want of memory."""
    if container.running and container.end is not None and container.end[0] <= world.now:
        _, container.exit_code, oom = container.end
        if oom:
            container.because(NO_MEMORY)
        container.stop(world.now)
        world.ports = {p: n for p, n in world.ports.items() if n != container.definition.name}
        for other in world.containers.values():
            check = other.definition.health_check
            if check and container.definition.name in {
                link.name for link in other.definition.links
            }:
                other.checks_fail.append(world.now + check.interval * check.retries)


def strike(world: World, fault: Fault) -> None:
    """C46, C77: a fault comes; one at a container that does not run does nothing."""
    if fault.what == "stop":
        if world.stopped_at is None:
            world.code = world.code or "UserInitiated"
            world.doomed = True
        return
    container = world.containers[fault.container]
    limited = fault.what == "kill" or container.definition.memory
    if container.running and limited:
        container.will_end(world.now, 137, oom=fault.what == "oom")
        _die_if_due(world, container)


def measure(world: World, container: Container) -> None:
    """C35, C41: the health check has a result; it stops nothing.

    Docker runs no check of a container that links to a dead one: it fails.
    """
    if not container.running or container.definition.health_check is None:
        return
    assert container.started is not None
    links = [world.containers[link.name] for link in container.definition.links]
    dead_link = not all(on.running for on in links)
    for second, word in container.script.health or ():
        if container.started + second == world.now and not (dead_link and word == "HEALTHY"):
            container.health = word
    if dead_link and world.now in container.checks_fail:
        container.health = "UNHEALTHY"


def due(world: World) -> Iterator[float]:
    """Yield when something may come next."""
    for container in world.containers.values():
        if container.busy_until is not None:
            yield container.busy_until
        if container.running and container.end is not None:
            yield container.end[0]
        if container.running and container.started is not None:
            yield container.started + (container.definition.start_timeout or 0)
            yield from (container.started + second for second, _ in container.script.health or ())
        yield from container.checks_fail
    yield from (fault.at for fault in world.faults)


def outcome(case: Case) -> World:
    """Return the task when nothing more will happen."""
    world = World(
        case,
        {c.name: Container(c, case.scripts.get(c.name, Script())) for c in case.containers},
        faults=list(case.faults),
    )
    if refused(case):
        world.code, world.stopped_at = "TaskFailedToStart", 0
        return world
    while True:
        while [rule for rule in RULES if rule(world)]:
            pass
        later = [moment for moment in due(world) if moment > world.now]
        if not later:
            return world
        world.now = min(later)
        for container in world.containers.values():
            if container.busy_until == world.now:
                work_is_done(world, container)
            _die_if_due(world, container)
            measure(world, container)
        for fault in [f for f in world.faults if f.at == world.now]:
            world.faults.remove(fault)
            strike(world, fault)
