"""The random tasks of :mod:`.cases` brought to a real engine: seconds, commands, a busybox.

A machine takes its own time for everything. So a case is taken only if its end does not depend on
how long that is: it is simulated again and again on an engine that is quick here and slow there,
and has to end in the same way each time.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pytest_multidocker.dockerrun.model import ContainerDefinition, HealthCheck
from pytest_multidocker.ecs.definition import TaskDefinition
from pytest_multidocker.ecs.service import TaskView
from pytest_multidocker.engine.identity import TaskIdentity
from pytest_multidocker.engine.simulated import Reaction, Script
from pytest_multidocker.engine.simulated.simulation import Simulation

from .cases import SECOND, random_case
from .reference import Case, told

KILLED = 137
_VARIANTS = 16
_LONGEST = 25.0  # seconds that a case may take
_HEALTH_INTERVAL = 1  # second


@dataclass(frozen=True)
class Outcome:
    """How a task has ended: what ECS shows of it, and which containers stopped before which."""

    status: str
    stop_code: str | None
    containers: frozenset[tuple[str, str, int | None]]
    before: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, view: TaskView, stopped: Mapping[str, float]) -> Outcome:
        """``stopped`` is when containers were reported STOPPED; at one time there is no order."""
        return cls(
            view.status,
            view.ending.code if view.ending else None,
            frozenset((c.name, c.status, c.exit_code) for c in view.containers.values()),
            frozenset((a, b) for a in stopped for b in stopped if stopped[a] < stopped[b]),
        )


@dataclass(frozen=True)
class RealCase:
    """A task for a real engine, when its containers are killed and it is stopped, and its end.

    ``kills`` are seconds of a container's own running, ``stop`` of the task's life; ``lasts`` is
    until when the simulation sees something happen. Of ``outcome`` the order has those pairs that
    do not depend on the engine's pace.
    """

    definition: TaskDefinition
    kills: dict[str, float]
    stop: float | None
    lasts: float
    outcome: Outcome

    def __str__(self) -> str:
        """Return the case as one can read it."""
        lines = [
            ", ".join(f"{k}={v!r}" for k, v in told(c).items()) for c in self.definition.containers
        ]
        faults = f"kills {self.kills}, stop {self.stop}"
        return "\n  ".join(["case:", *lines, faults, f"simulated: {self.outcome}"])

    def matches(self, seen: Outcome) -> bool:
        """Tell whether a task has ended as the simulation has it."""
        same = replace(seen, before=self.outcome.before) == self.outcome
        return same and self.outcome.before <= seen.before


def real_cases(count: int, image: str, seed: int = 0) -> list[RealCase]:
    """Return so many cases, always the same ones for a seed."""
    chance = random.Random(seed)
    drafts = (_Draft(random_case(chance), image, chance).real_case() for _ in itertools.count())
    return list(itertools.islice(filter(None, drafts), count))


class _Draft:
    """A case on the way to a real engine."""

    def __init__(self, case: Case, image: str, chance: random.Random) -> None:
        self._chance = chance
        waited_for = {
            dependency.container_name
            for container in case.containers
            for dependency in container.depends_on
            if dependency.condition == "HEALTHY"
        }
        self.scripts = {name: _in_seconds(script) for name, script in case.scripts.items()}
        self.kills: dict[str, float] = {}
        self.stop: float | None = None
        for fault in case.faults:
            second = _seconds(fault.at) / 2
            if fault.what == "stop":
                self.stop = min(second, self.stop or second)
            elif fault.what == "kill":
                self.kills[fault.container] = min(second, self.kills.get(fault.container, second))
            else:
                script = self.scripts[fault.container]
                memory = (*script.memory, (second, 99.0))
                self.scripts[fault.container] = replace(script, memory=(min(memory),))
        self.definition = TaskDefinition(
            "fam",
            1,
            tuple(self._container(c, image, c.name in waited_for) for c in case.containers),
            stop_timeout=max(1, round(_seconds(case.stop_timeout))),
        )

    def real_case(self) -> RealCase | None:
        """Return the case, unless it takes too long or its end depends on the engine's pace."""
        first, lasts = self._simulate(pace=0.2)
        orders = [first.before]
        for pace in (0.02, 1.0, *[None] * _VARIANTS):
            other, _ = self._simulate(pace)
            if replace(other, before=first.before) != first:
                return None
            orders.append(other.before)
        if lasts > _LONGEST:
            return None
        sure = frozenset.intersection(*orders)
        return RealCase(self.definition, self.kills, self.stop, lasts, replace(first, before=sure))

    def _container(
        self, container: ContainerDefinition, image: str, is_waited_for: bool
    ) -> ContainerDefinition:
        script = self.scripts[container.name]
        check = HealthCheck(("CMD", "test", "-e", "/ok"), interval=_HEALTH_INTERVAL, retries=10)
        return replace(
            container,
            image="multidocker-no-such-image:1" if _no_image(script) else image,
            command=_command(script, container.memory),
            port_mappings=(),  # the tasks run at the same time, and would take them from each other
            health_check=check if is_waited_for and container.health_check else None,
            start_timeout=_whole(container.start_timeout),
            stop_timeout=_whole(container.stop_timeout),
        )

    def _simulate(self, pace: float | None) -> tuple[Outcome, float]:
        """Return how the task ends on an engine of that pace, or of a different one each time."""

        def takes(most: float) -> float:
            return most * (self._chance.random() if pace is None else pace)

        scripts = {
            name: replace(
                script,
                pull_delay=takes(0.5),
                create_delay=takes(3),
                start_delay=takes(3),
                exit_after=_later(self._exit_after(name), takes(2)),
                exit_code=self._exit_code(name),
                memory=tuple((second + takes(2), mib) for second, mib in script.memory),
                health=tuple((second + takes(4), word) for second, word in script.health or ()),
                signals={
                    name: replace(reaction, after=reaction.after + takes(2))
                    for name, reaction in script.signals.items()
                },
            )
            for name, script in self.scripts.items()
        }
        default = self.definition.stop_timeout
        definition = replace(
            self.definition,
            containers=tuple(
                # Of an end just as the patience ends nobody knows which it was.
                replace(c, stop_timeout=(c.stop_timeout or default) + takes(1))  # type: ignore[arg-type]
                for c in self.definition.containers
            ),
        )
        simulation = Simulation(TaskIdentity("arn:real", "fam", definition), scripts)
        if self.stop is not None:
            simulation.at(self.stop + takes(1), "", simulation.stop)
        simulation.driver.advance()
        stopped = {e.who: e.at for e in simulation.entries if e.what == "STOPPED"}
        stopped.pop("task", None)
        return Outcome.of(simulation.view, stopped), simulation.driver.now

    def _exit_after(self, name: str) -> float | None:
        ends = [
            end for end in (self.scripts[name].exit_after, self.kills.get(name)) if end is not None
        ]
        return min(ends, default=None)

    def _exit_code(self, name: str) -> int:
        is_killed = self._exit_after(name) == self.kills.get(name)
        return KILLED if is_killed else self.scripts[name].exit_code


def _seconds(ticks: float) -> float:
    return float(ticks // SECOND)


def _whole(ticks: int | None) -> int | None:
    return None if ticks is None else max(1, round(_seconds(ticks)))


def _later(second: float | None, delay: float) -> float | None:
    return None if second is None else second + delay


def _in_seconds(script: Script) -> Script:
    """Return the script with its times in seconds; of its health the first good word counts."""
    good = [second for second, word in script.health or () if word == "HEALTHY"]
    return replace(
        script,
        create_error=None,
        start_error=None if script.start_error is None else "no such program",
        cached=False,
        exit_after=None if script.exit_after is None else _seconds(script.exit_after),
        memory=tuple((_seconds(second), mib) for second, mib in script.memory),
        health=tuple((_seconds(second), "HEALTHY") for second in good[:1]),
        signals={
            name: Reaction(reaction.exit_code, _seconds(reaction.after) / 4)
            for name, reaction in script.signals.items()
        },
    )


def _no_image(script: Script) -> bool:
    return script.pull_error is not None


def _command(script: Script, memory: int | None) -> tuple[str, ...]:
    """Return what does to a busybox what the script does to a simulated container."""
    if script.start_error is not None:
        return ("/no-such-program",)
    return ("sh", "-c", "; ".join(_lines(script, memory)))


def _lines(script: Script, memory: int | None) -> Iterable[str]:
    reaction = script.signals.get("SIGTERM")
    yield f"trap '{_on_term(reaction)}' TERM"
    for second, _ in script.health or ():
        yield f"(sleep {second:g} && touch /ok) & true"
    ends = []
    if script.exit_after is not None:
        ends.append((script.exit_after, f"exit {script.exit_code}"))
    if script.memory and memory:
        # The process itself grows: what the kernel kills is then the container's first.
        grow = "exec tail /dev/zero"
        ends.append((script.memory[0][0], grow))
    if not ends:
        yield "while true; do sleep 60 & wait $!; done"
        return
    second, end = min(ends)
    yield f"sleep {second:g} & wait $!" if second else "true"
    yield end


def _on_term(reaction: Reaction | None) -> str:
    return "" if reaction is None else f"sleep {reaction.after:g}; exit {reaction.exit_code}"
