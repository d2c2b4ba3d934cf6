from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_multidocker.cli import main
from pytest_multidocker.report.rulebook import rulebook
from pytest_multidocker.rules import all_rules

PAGE = Path(__file__).parents[3] / "docs" / "rules.md"


def test_the_page_in_docs_is_current() -> None:
    current = PAGE.read_text(encoding="utf-8")
    assert current == rulebook(), "run multidocker rules --markdown > docs/rules.md"


def test_every_rule_has_a_row_and_a_section() -> None:
    page = rulebook()
    for rule in all_rules():
        assert page.count(f"\n## {rule.id} {rule.name}\n") == 1
        assert page.count(f"| [{rule.id} {rule.name}](#{rule.id.lower()}-{rule.name}) |") == 1


def test_every_link_within_the_page_leads_somewhere() -> None:
    page = rulebook()
    anchors = {
        re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= anchors


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--markdown"]) == 0
    assert capsys.readouterr().out == rulebook()
