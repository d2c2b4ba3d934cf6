"""Random tasks, with what their containers do and what is done to them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

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

_T = TypeVar("_T")

SECOND = 2**120
"""A second in the ticks of the clock of these tests.

A tick is so small that every drawn time gets one bit of its own below the second, and no two things
that happen for different reasons happen at the same moment: the agent would be free to take them in
any order.
"""

CONDITIONS = ("START", "START", "HEALTHY", "HEALTHY", "COMPLETE", "SUCCESS")
EXIT_CODES = (0, 0, 1, 42)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Tasks of two to six containers, as Hypothesis draws them."""
    return Drawing(lambda least, most: draw(st.integers(least, most))).case()


def random_case(chance: random.Random) -> Case:
    """A task of two to six containers, as a generator of random numbers has it."""
    return Drawing(chance.randint).case()


class Drawing:
    """Draws one case; ``integer`` returns a number between two, both included."""

    def __init__(self, integer: Callable[[int, int], int]) -> None:
        self._integer = integer
        self._bit = 0

    def case(self) -> Case:
        """A task, at least one of its containers essential."""
        names = "abcdef"[: self._integer(2, 6)]
        definitions = [
            # Seldom one needs any other, or itself: then the task may go round in a circle.
            self._definition(name, names if self._seldom(40) else names[:index])
            for index, name in enumerate(names)
        ]
        if not any(c.essential for c in definitions):
            chosen = self._integer(0, len(names) - 1)
            definitions[chosen] = replace(definitions[chosen], essential=True)
        return Case(
            containers=tuple(self._some(definitions, len(definitions))),
            scripts={name: self._script() for name in names},
            faults=tuple(self._fault(names) for _ in range(self._integer(0, 3))),
            stop_timeout=self._time(1, 6),
        )

    def _time(self, least: int = 0, most: int = 8) -> int:
        """A time in ticks that differs from all others, as do the sums of any of them."""
        self._bit += 1
        return self._integer(least, most) * SECOND + (1 << self._bit)

    def _seldom(self, one_in: int = 8) -> bool:
        return self._integer(1, one_in) == one_in

    def _one(self, choices: Sequence[_T]) -> _T:
        return choices[self._integer(0, len(choices) - 1)]

    def _some(self, choices: Sequence[_T], count: int) -> list[_T]:
        left = list(choices)
        return [left.pop(self._integer(0, len(left) - 1)) for _ in range(min(count, len(left)))]

    def _few(self, others: str) -> list[str]:
        return self._some(others, self._one((0, 0, 0, 0, 1, 1, 2)))

    def _definition(self, name: str, others: str) -> ContainerDefinition:
        return ContainerDefinition(
            name=name,
            image="app:1",
            memory=4 if self._seldom(20) else self._one((None, 16)),
            essential=self._one((False, True)),
            depends_on=tuple(
                Dependency(other, self._one(CONDITIONS)) for other in self._few(others)
            ),
            links=tuple(Link(other, other) for other in self._few(others)),
            volumes_from=tuple(VolumeFrom(other) for other in self._few(others)),
            port_mappings=(PortMapping(80, 8080),) if self._seldom(4) else (),
            start_timeout=self._time(1, 8) if self._seldom(2) else None,
            stop_timeout=self._time(1, 6) if self._seldom(2) else None,
            # The agent refuses the whole task where one is to be healthy that has no check.
            health_check=None if self._seldom(20) else self._check(),
        )

    def _check(self) -> HealthCheck:
        return HealthCheck(("CMD", "true"), interval=self._time(1, 3), retries=1)

    def _script(self) -> Script:
        """What a container does: most run for ever, some fail, some end."""
        ends, at_once = self._seldom(2), self._seldom(4)
        health = [
            (self._time(), self._one(("HEALTHY", "HEALTHY", "UNHEALTHY")))
            for _ in range(self._one((0, 1, 1, 1, 2, 3)))
        ]
        reaction = Reaction(self._one(EXIT_CODES), self._time(most=7))
        return Script(
            pull_delay=self._time(most=4),
            create_delay=self._time(most=1),
            start_delay=self._time(most=3),
            pull_error="no route" if self._seldom(10) else None,
            cached=self._one((False, True)),
            create_error="no" if self._seldom(20) else None,
            start_error="no" if self._seldom(15) else None,
            exit_after=(0 if at_once else self._time(most=12)) if ends else None,
            exit_code=self._one(EXIT_CODES),
            memory=((self._time(most=12), 99),) if self._seldom() else (),
            health=tuple(sorted(health)),
            signals={} if self._seldom(4) else {"SIGTERM": reaction},
        )

    def _fault(self, names: str) -> Fault:
        what = self._one(("kill", "kill", "oom", "stop"))
        return Fault(self._time(most=30), what, "" if what == "stop" else self._one(names))
