"""What a run's tests run on, and saying so: nobody shall believe more was proved than was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest

from . import settings

PROPERTY = "multidocker_engine"
"""The user property of the report of a test that ran on the simulation."""
SIMULATED = "simulated"

_TRIAL = 10.0  # seconds until an engine has to have answered


@dataclass(frozen=True)
class Choice:
    """Whether tests run on the simulation, and why: who asked for it, or how Docker failed."""

    simulated: bool
    why: str = ""
    asked: bool = False

    _key = pytest.StashKey["Choice"]()

    @classmethod
    def of(cls, config: pytest.Config) -> Choice:
        """Return the choice of this run; the first call may knock at the Docker Engine."""
        if cls._key not in config.stash:
            config.stash[cls._key] = _choose(config)
        return config.stash[cls._key]


_DRY = ("collectonly", "setupplan", "showfixtures", "show_fixtures_per_test")
"""Options of pytest with which no test runs: then no engine is knocked at."""


def _choose(config: pytest.Config) -> Choice:
    if any(config.getoption(option, default=False) for option in _DRY):
        return Choice(simulated=False)
    asked = settings.engine(config, settings.table_of(settings.dockerrun_file(config)[0]))
    if asked.value == SIMULATED:
        return Choice(simulated=True, why=f"As {asked.source} asks.", asked=True)
    if asked.value == "docker":
        return Choice(simulated=False)
    return _of_controller(config) or _try()


def _of_controller(config: pytest.Config) -> Choice | None:
    """Return what the controller of a parallel run has chosen, so that all workers do the same."""
    why = getattr(config, "workerinput", {}).get(PROPERTY)
    return None if why is None else Choice(simulated=bool(why), why=why)


def _try() -> Choice:
    from .engine.status import require_engine
    from .errors import EngineUnavailable

    try:
        require_engine(_TRIAL)
    except EngineUnavailable as error:
        return Choice(simulated=True, why=str(error))
    return Choice(simulated=False)


def header(config: pytest.Config) -> list[str]:
    """Return the lines of the header that tell of a simulation; none where Docker answers."""
    choice = Choice.of(config)
    if not choice.simulated:
        return []
    return [f"multidocker: NO CONTAINERS, everything is simulated. {choice.why}"]


def summary(config: pytest.Config, reports: Iterable[pytest.TestReport]) -> Iterator[str]:
    """Yield the lines that tell which tests ran on the simulation, and which could not."""
    simulated = [r for r in reports if (PROPERTY, SIMULATED) in r.user_properties]
    decided = [r for r in simulated if r.when == "call" or not r.passed]
    proved = [r.nodeid for r in decided if r.passed]
    unproved = [r.nodeid for r in decided if r.skipped]
    if not decided:
        return
    choice = Choice.of(config)
    yield f"No container was started. {choice.why}"
    yield from _listed("Proved on the simulation only", proved)
    yield from _listed("Not proved at all", unproved)
    if not choice.asked:
        yield "With --multidocker-require-docker this is an error: take that for CI."


def _listed(title: str, nodes: list[str]) -> Iterator[str]:
    if nodes:
        yield f"{title} ({len(nodes)}):"
        yield from (f"  {node}" for node in nodes)
