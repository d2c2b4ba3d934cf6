"""Random tasks, with what their containers do and what is done to them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from pytest_multidocker.dockerrun.model import (
    ContainerDefinition,
    Dependency,
    HealthCheck,
    Link,
    PortMapping,
    VolumeFrom,
)
from pytest_multidocker.engine.simulated import Reaction, Script

from .reference import Case, Fault

SECOND = 2**120
"""A second in the ticks of the clock of these tests.

A tick is so small that every drawn time gets one bit of its own below the second, and no two things
that happen for different reasons happen at the same moment: the agent would be free to take them in
any order.
"""

CONDITIONS = ("START", "COMPLETE", "SUCCESS", "HEALTHY")
EXIT_CODES = (0, 0, 1, 42)


class Drawing:
    """Draws the parts of one case."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self._bit = 0

    def time(self, least: int = 0, most: int = 8) -> int:
        """A time in ticks that differs from all others, as do the sums of any of them."""
        self._bit += 1
        seconds: int = self.draw(st.integers(least, most))
        return seconds * SECOND + (1 << self._bit)

    def seldom(self, one_in: int = 8) -> bool:
        return self.draw(st.integers(1, one_in)) == one_in

    def definition(self, name: str, others: str) -> ContainerDefinition:
        """A container that may need some of the others."""
        few = st.lists(st.sampled_from(others), max_size=2, unique=True) if others else st.just([])
        some = [self.draw(few) if self.draw(st.booleans()) else [] for _ in range(3)]
        conditions = [self.draw(st.sampled_from(CONDITIONS)) for _ in some[0]]
        ports = [8080] if self.seldom(4) else []
        return ContainerDefinition(
            name=name,
            image="app:1",
            memory=4 if self.seldom(20) else self.draw(st.sampled_from([None, 16])),
            essential=self.draw(st.booleans()),
            depends_on=tuple(map(Dependency, some[0], conditions)),
            links=tuple(Link(other, other) for other in some[1]),
            volumes_from=tuple(VolumeFrom(other) for other in some[2]),
            port_mappings=tuple(PortMapping(80, port) for port in ports),
            start_timeout=self.time(1, 8) if self.draw(st.booleans()) else None,
            stop_timeout=self.time(1, 6) if self.draw(st.booleans()) else None,
            # The agent refuses the whole task where one is to be healthy that has no check.
            health_check=None
            if self.seldom(20)
            else HealthCheck(("CMD", "true"), interval=self.time(1, 3), retries=1),
        )

    def script(self) -> Script:
        """What a container does: most run for ever, some fail, some end."""
        ends = self.draw(st.booleans())
        exits_at_once = ends and self.seldom(4)
        health = [(self.time(), self.draw(st.sampled_from(["HEALTHY", "UNHEALTHY"])))
                  for _ in range(self.draw(st.integers(0, 3)))]  # fmt: skip
        reaction = Reaction(self.draw(st.sampled_from(EXIT_CODES)), self.time(most=7))
        return Script(
            pull_delay=self.time(most=4),
            create_delay=self.time(most=1),
            start_delay=self.time(most=3),
            pull_error="no route" if self.seldom(6) else None,
            cached=self.draw(st.booleans()),
            create_error="no" if self.seldom(20) else None,
            start_error="no" if self.seldom(8) else None,
            exit_after=(0 if exits_at_once else self.time(most=12)) if ends else None,
            exit_code=self.draw(st.sampled_from(EXIT_CODES)),
            memory=((self.time(most=12), 99),) if self.seldom() else (),
            health=tuple(sorted(health)),
            signals={} if self.seldom(4) else {"SIGTERM": reaction},
        )

    def fault(self, names: str) -> Fault:
        what = self.draw(st.sampled_from(["kill", "kill", "oom", "stop"]))
        return Fault(
            self.time(most=30), what, "" if what == "stop" else self.draw(st.sampled_from(names))
        )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A task of two to six containers, at least one of them essential."""
    drawing = Drawing(draw)
    names = "abcdef"[: draw(st.integers(2, 6))]
    definitions = [
        # Seldom one needs any other, or itself: then the task may go round in a circle.
        drawing.definition(name, names if drawing.seldom(40) else names[:index])
        for index, name in enumerate(names)
    ]
    if not any(c.essential for c in definitions):
        chosen = draw(st.integers(0, len(names) - 1))
        definitions[chosen] = replace(definitions[chosen], essential=True)
    return Case(
        containers=tuple(draw(st.permutations(definitions))),
        scripts={name: drawing.script() for name in names},
        faults=tuple(drawing.fault(names) for _ in range(draw(st.integers(0, 3)))),
        stop_timeout=drawing.time(1, 6),
    )
