"""The rows of the conformance table, and which of them a test is for."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found,unused-ignore]

ENGINES = ("docker", "simulated")

FIXTURES = {
    "docker": "docker",
    "new_docker": "docker",
    "aws": "docker",
    "simulated": "simulated",
}
"""The engine of each fixture of a test for one of them."""

BOTH = "host"
"""The fixture of a test for each engine that its row is not declared away from."""

_TABLE = Path(__file__).parent / "rows.toml"
_TEST = re.compile(r"test_(c\d\d)_")


@dataclass(frozen=True)
class Row:
    """One row: what the agent does and where its source says so.

    ``not_on`` has the reason for each engine that cannot show the row, ``part_on`` for each on
    which its tests leave a part of it unproved.
    """

    id: str
    title: str
    behaviour: str
    source: str
    not_on: Mapping[str, str] = field(default_factory=dict)
    part_on: Mapping[str, str] = field(default_factory=dict)

    @property
    def engines(self) -> tuple[str, ...]:
        """The engines that the row is tested on."""
        return tuple(engine for engine in ENGINES if engine not in self.not_on)


def _rows() -> Iterator[Row]:
    for row_id, entry in tomllib.loads(_TABLE.read_text()).items():
        reasons = {engine: entry.pop(engine, {}) for engine in ENGINES}
        yield Row(
            row_id,
            **entry,
            not_on={e: words["not"] for e, words in reasons.items() if "not" in words},
            part_on={e: words["part"] for e, words in reasons.items() if "part" in words},
        )


ROWS: Mapping[str, Row] = {row.id: row for row in _rows()}


class Undeclared(Exception):  # noqa: N818 - it says what is the case
    """A test is for no row of the table, or for an engine that its row is declared away from."""


def row_of(test_name: str) -> Row | None:
    """Return the row that a test is for by its name; ``None`` for a test of the suite itself.

    Raises :class:`Undeclared` for a row that the table does not have.
    """
    match = _TEST.match(test_name)
    if match is None:
        return None
    try:
        return ROWS[match[1].upper()]
    except KeyError:
        raise Undeclared(f"{test_name}: rows.toml has no row {match[1].upper()}") from None


def engines_of(row: Row, fixtures: Collection[str]) -> tuple[str, ...]:
    """Return the engines that a test of the row runs on, from the fixtures it asks for.

    Raises :class:`Undeclared` where it asks for one that the row is declared away from.
    """
    if BOTH in fixtures:
        return row.engines
    asked = tuple(dict.fromkeys(FIXTURES[name] for name in FIXTURES if name in fixtures))
    for engine in asked:
        if engine in row.not_on:
            raise Undeclared(f"{row.id} is tested on {engine}, and rows.toml says why it is not")
    return asked
