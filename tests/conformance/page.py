"""``docs/conformance.md``: written from the results of a run, and read back to compare."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from conformance.rows import ENGINES, ROWS, Row

PASSED, IN_PART, FAILED, NOT_RUN = "passed", "in part", "**failed**", "no"
Statuses = Mapping[str, Mapping[str, str]]
"""The word for each row on each engine."""

_HEAD = """\
# The ECS agent, row by row

<!-- Written by `pytest tests/conformance --write-docs`. Do not edit: the tests compare. -->

What the Amazon ECS container agent does to a task, in 80 rows, and whether this project does the
same: on a real Docker Engine, and on the simulated engine, through the same tests
([`tests/conformance`](../tests/conformance), one or more for each row, named after it).

**passed**: every test of the row passes. **in part**: they pass, and leave something unproved.
**no**: the engine cannot show it. The reasons stand in the last column. Paths in the column
*Source* are those of [amazon-ecs-agent](https://github.com/aws/amazon-ecs-agent) 1.105.1;
"functional" is its `agent/functional_tests` at 1.39.0, "moby" is Docker Engine 20.10.24, "API" the
[ECS API](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/).
"""
_LINE = re.compile(r"^\| (C\d\d) \|.*\| ([^|]+) \| ([^|]+) \| [^|]*\|$", re.MULTILINE)


def render(statuses: Statuses, docker: str) -> str:
    """Return the page; ``docker`` describes the real engine of the run."""
    summary = "\n".join(f"- {line}" for line in _summary(statuses, docker))
    table = "\n".join(
        [
            "| Row | What the agent does | Source | Docker | Simulated | Why not |",
            "|---|---|---|---|---|---|",
            *(_line(row, statuses[row.id]) for row in ROWS.values()),
        ]
    )
    return f"{_HEAD}\n{summary}\n\n{table}\n"


def _summary(statuses: Statuses, docker: str) -> Iterator[str]:
    names = {"docker": docker, "simulated": "The simulated engine"}
    for engine in ENGINES:
        words = [statuses[row][engine] for row in ROWS]
        counts = [f"{words.count(PASSED)} of {len(words)} rows passed"]
        counts += [
            f"{words.count(word)} {text}"
            for word, text in (
                (IN_PART, "in part"),
                (FAILED, "failed"),
                (NOT_RUN, "not expressible"),
            )
            if word in words
        ]
        yield f"{names[engine]}: {', '.join(counts)}."


def _line(row: Row, words: Mapping[str, str]) -> str:
    cells = [
        row.id,
        f"**{row.title}.** {row.behaviour}",
        row.source,
        *(words[engine] for engine in ENGINES),
        " ".join(_why(row)),
    ]
    return f"| {' | '.join(cells)} |"


def _why(row: Row) -> Iterator[str]:
    for engine in ENGINES:
        if (reason := row.not_on.get(engine) or row.part_on.get(engine)) is not None:
            yield f"{engine.capitalize()}: {reason[0].lower()}{reason[1:]}"


def read(page: str) -> Statuses:
    """Return the words of a page for each row that it has."""
    return {row: dict(zip(ENGINES, words, strict=True)) for row, *words in _LINE.findall(page)}


def is_of_the_table(page: str) -> bool:
    """Tell whether a page has the rows, words and reasons of the table, whatever the results."""
    statuses = read(page)
    return set(statuses) == set(ROWS) and page == render(statuses, _engine_of(page))


def _engine_of(page: str) -> str:
    return page.split("\n- ", 1)[1].partition(":")[0]


def differences(page: Statuses, run: Statuses) -> list[str]:
    """Return where the page says other than the run, for the rows and engines of the run."""
    return [
        f"{row} on {engine}: the page says {page.get(row, {}).get(engine, 'nothing')}, "
        f"the run {word}"
        for row, words in run.items()
        for engine, word in words.items()
        if page.get(row, {}).get(engine) != word
    ]
