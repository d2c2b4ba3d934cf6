"""The suite itself: no row without a test, no result that the page could hide."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import page
from conformance.results import Results
from conformance.rows import ENGINES, ROWS, Undeclared, engines_of, row_of

LEAST_PASSED_ON_DOCKER = 76


def rows_with_tests() -> Iterator[tuple[str, str]]:
    """Every row and engine that a test of this folder is for."""
    for file in sorted(Path(__file__).parent.glob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef) and (row := row_of(node.name)) is not None:
                fixtures = [argument.arg for argument in node.args.args]
                yield from ((row.id, engine) for engine in engines_of(row, fixtures))


def test_the_table_is_whole() -> None:
    assert list(ROWS) == [f"C{number:02}" for number in range(1, 81)]
    for row in ROWS.values():
        words = (row.title, row.behaviour, row.source, *row.not_on.values(), *row.part_on.values())
        assert all(words), row
        assert not any("|" in word or "\n" in word for word in words), row
        assert not set(row.not_on) & set(row.part_on), row


def test_every_row_has_a_test_on_every_engine_that_it_is_not_declared_away_from() -> None:
    declared = {(row.id, engine) for row in ROWS.values() for engine in row.engines}
    assert set(rows_with_tests()) == declared


def test_enough_rows_can_pass_on_docker() -> None:
    whole = [row for row in ROWS.values() if "docker" not in {*row.not_on, *row.part_on}]
    assert len(whole) >= LEAST_PASSED_ON_DOCKER


def test_a_test_must_be_for_a_row_of_the_table_and_an_engine_of_its_row() -> None:
    with pytest.raises(Undeclared, match="has no row C99"):
        row_of("test_c99_something")
    only_real = ROWS["C26"]
    assert engines_of(only_real, ["host"]) == ("docker",)
    with pytest.raises(Undeclared, match="C26 is tested on simulated"):
        engines_of(only_real, ["simulated"])


def report(
    outcome: str, *, when: str = "call", row: str = "C01", engine: str = "docker", name: str = "t"
) -> pytest.TestReport:
    return pytest.TestReport(
        nodeid=f"test_x.py::{name}",
        location=("test_x.py", 1, name),
        keywords={},
        outcome=outcome,  # type: ignore[arg-type]
        longrepr=None,
        when=when,  # type: ignore[arg-type]
        user_properties=[("row", row), ("engine", engine)],
        duration=0.5,
    )


@pytest.mark.parametrize(
    ("reports", "word"),
    [
        ([report("passed", when="setup"), report("passed")], page.PASSED),
        ([report("passed"), report("failed", when="teardown")], page.FAILED),
        ([report("skipped", when="setup")], page.FAILED),
        ([report("passed"), report("failed", name="another")], page.FAILED),
        ([report("failed", name="another"), report("passed")], page.FAILED),
    ],
)
def test_a_row_passes_if_all_of_all_its_tests_does(
    pytestconfig: pytest.Config, reports: list[pytest.TestReport], word: str
) -> None:
    results = Results(pytestconfig)
    for one in reports:
        results.pytest_runtest_logreport(one)

    assert results.statuses() == {"C01": {"docker": word}}


def test_what_is_declared_to_be_in_part_is_never_passed(pytestconfig: pytest.Config) -> None:
    results = Results(pytestconfig)
    results.pytest_runtest_logreport(report("passed", row="C28"))
    assert results.statuses() == {"C28": {"docker": page.IN_PART}}


def test_the_page_and_a_run_that_disagree_are_told_apart() -> None:
    statuses = {row: dict.fromkeys(ENGINES, page.PASSED) for row in ROWS}
    written = page.read(page.render(statuses, "Docker"))
    assert written == statuses

    run = {"C12": {"docker": page.FAILED}, "C13": {"docker": page.PASSED}}
    assert page.differences(written, run) == [
        "C12 on docker: the page says passed, the run **failed**"
    ]


def test_a_page_of_another_table_is_told_apart() -> None:
    statuses = {row: dict.fromkeys(ENGINES, page.PASSED) for row in ROWS}
    text = page.render(statuses, "Docker")
    assert page.is_of_the_table(text)
    assert not page.is_of_the_table(text.replace(ROWS["C12"].behaviour, "Something else."))
    assert not page.is_of_the_table(text.replace("| C12 |", "| C99 |"))
    assert not page.is_of_the_table("")
