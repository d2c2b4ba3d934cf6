"""Every rule has a page, a valid example and an invalid one that yields exactly that rule."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pytest_multidocker.dockerrun import load
from pytest_multidocker.rules import (
    Finding,
    Options,
    Rule,
    all_rules,
    check,
    instance,
    platform,
)

EXAMPLES = Path(__file__).parents[3] / "fixtures" / "dockerrun"
RULES = all_rules()

each_rule = pytest.mark.parametrize("rule", RULES, ids=[rule.title for rule in RULES])


@each_rule
def test_the_page_names_the_rule_and_shows_wrong_and_right(rule: Rule) -> None:
    page = rule.page()
    assert page.startswith(f"# {rule.id} {rule.name}\n\n")
    for heading in ("## What AWS does", "## Wrong", "## Right"):
        assert f"\n{heading}\n" in page, heading
    assert max(map(len, page.splitlines())) <= 110


@each_rule
def test_the_module_is_named_after_the_rule(rule: Rule) -> None:
    name = f"{rule.id.lower()}_{rule.name.replace('-', '_')}"
    assert rule.module == f"pytest_multidocker.rules.{name}"
    assert rule.source.startswith("https://")
    assert rule.summary.endswith(".")


def checked(kind: str, rule: Rule, given: dict[str, str]) -> tuple[Path, list[Finding]]:
    """Check an example with options, and with the folder around it if it is one."""
    options = Options(
        platform=platform(given["platform"]) if "platform" in given else None,
        instance=instance(given["instance_type"]) if "instance_type" in given else None,
    )
    folder = EXAMPLES / kind / rule.title
    if folder.is_dir():
        file = folder / "Dockerrun.aws.json"
        return file, check(load(file), project=folder, options=options)
    file = folder.with_name(f"{rule.title}.json")
    return file, check(load(file), options=options)


def expectation(rule: Rule) -> dict[str, Any]:
    file = EXAMPLES / "invalid" / f"{rule.title}.expected.json"
    expected: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return expected


@each_rule
def test_the_invalid_example_yields_the_rule_at_the_expected_place(rule: Rule) -> None:
    expected = expectation(rule)
    file, findings = checked("invalid", rule, expected["options"])
    document = load(file)
    found = []
    for finding in findings:
        own = finding.path == str(file)
        place = Path(finding.path).relative_to(file.parent).as_posix()
        where = {"selected": document.region(finding.span)} if own else {"file": place}
        found.append(
            {
                "rule": finding.rule,
                "line": finding.span.line,
                "column": finding.span.column,
                "end_line": finding.span.end_line,
                "end_column": finding.span.end_column,
                "message": finding.message,
                **where,
            }
        )
    assert found == expected["findings"]
    assert {finding["rule"] for finding in found} == {rule.id}


@each_rule
def test_the_valid_example_yields_nothing(rule: Rule) -> None:
    file = EXAMPLES / "valid" / f"{rule.title}.options.json"
    given = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    assert checked("valid", rule, given)[1] == []


@each_rule
def test_messages_are_sentences(rule: Rule) -> None:
    for finding in checked("invalid", rule, expectation(rule)["options"])[1]:
        assert finding.message.endswith((".", "?"))
        assert "\n" not in finding.message
        assert finding.fix.endswith((".", "}", "]")), finding.fix


def test_there_is_no_example_without_a_rule() -> None:
    titles = {rule.title for rule in RULES}
    for kind in ("valid", "invalid"):
        names = {file.name.partition(".")[0] for file in (EXAMPLES / kind).iterdir()}
        assert names == titles


def test_there_is_no_page_without_a_rule() -> None:
    folder = Path(__file__).parents[3] / "pytest_multidocker" / "rules"
    modules = {rule.module.rpartition(".")[2] for rule in RULES}
    assert {page.stem for page in folder.glob("*.md")} == modules
    assert {module.stem for module in folder.glob("md*.py")} == modules
