"""Collects what became of each row in a run; writes the page, or compares the page with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest

from conformance import page
from conformance.rows import ENGINES, ROWS, Row

PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"


@dataclass
class Outcome:
    """What became of a test: in a row it is passed or it is not, and never skipped."""

    test: str
    outcome: str = "passed"
    seconds: float = 0.0


@dataclass(eq=False)  # pytest keeps its plugins in sets
class Results:
    """The results of a run, as a plugin of the process that reports them."""

    config: pytest.Config
    outcomes: dict[tuple[str, str], dict[str, Outcome]] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        properties = dict(report.user_properties)
        if "row" not in properties:
            return
        place = str(properties["row"]), str(properties["engine"])
        outcome = self.outcomes.setdefault(place, {}).setdefault(
            report.nodeid, Outcome(report.nodeid)
        )
        outcome.seconds += report.duration
        if not report.passed:
            outcome.outcome = report.outcome

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if not self.outcomes or session.config.option.collectonly:
            return
        if path := self.config.getoption("conformance_json", None):
            Path(path).write_text(json.dumps(self.as_json(), indent=1) + "\n")
        if self.config.getoption("write_docs", default=False):
            self.complaints = self._write()
        else:
            self.complaints = self._compare()
        if self.complaints and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.complaints:
            terminalreporter.section("docs/conformance.md", red=True)
            for complaint in self.complaints:
                terminalreporter.write_line(complaint)

    def statuses(self) -> page.Statuses:
        """Return the word for every row on every engine that something of was run."""
        words: dict[str, dict[str, str]] = {}
        for row in ROWS.values():
            for engine in row.engines:
                if (row.id, engine) in self.outcomes:
                    words.setdefault(row.id, {})[engine] = self._word(row, engine)
        return words

    def _word(self, row: Row, engine: str) -> str:
        if any(o.outcome != "passed" for o in self.outcomes[row.id, engine].values()):
            return page.FAILED
        return page.IN_PART if engine in row.part_on else page.PASSED

    def _compare(self) -> list[str]:
        text = PAGE.read_text() if PAGE.exists() else ""
        stale = [] if page.is_of_the_table(text) else ["it is not of rows.toml: use --write-docs"]
        return stale + page.differences(page.read(text), self.statuses())

    def _write(self) -> list[str]:
        ran = self.statuses()
        missing = [
            f"{row.id} was not run on {engine}: the page is not written"
            for row in ROWS.values()
            for engine in row.engines
            if engine not in ran.get(row.id, {})
        ]
        if not missing:
            not_run = dict.fromkeys(ENGINES, page.NOT_RUN)
            PAGE.write_text(page.render({row: {**not_run, **ran[row]} for row in ROWS}, _docker()))
        return missing

    def as_json(self) -> Mapping[str, object]:
        """Return all that the run has shown, row by row."""
        words = self.statuses()
        return {
            row.id: {
                "title": row.title,
                "behaviour": row.behaviour,
                "source": row.source,
                "not": dict(row.not_on),
                "part": dict(row.part_on),
                "status": dict(words.get(row.id, {})),
                "tests": [
                    {"engine": engine, **asdict(outcome)}
                    for engine in row.engines
                    for outcome in self.outcomes.get((row.id, engine), {}).values()
                ],
            }
            for row in ROWS.values()
        }


def _docker() -> str:
    import docker

    client = docker.from_env()
    try:
        version, info = client.version()["Version"], client.info()
        return f"Docker Engine {version}, control groups version {info.get('CgroupVersion', '1')}"
    finally:
        client.close()
