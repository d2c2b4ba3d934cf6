"""Every finding of the invalid examples keeps its region when the text around it changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_multidocker.dockerrun import Document
from pytest_multidocker.rules import Finding, all_rules, check

EXAMPLES = Path(__file__).parents[3] / "fixtures" / "dockerrun" / "invalid"
FIRST_KEY = '{ "_é😀": "漢字 😀",\n'
NO_TEXT = {"MD005", "MD007", "MD008"}  # about the file as a whole

CHANGES: dict[str, Callable[[str], str]] = {
    "tabs": lambda text: text.replace("  ", "\t"),
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "cr": lambda text: text.replace("\n", "\r"),
    "one line": lambda text: text.replace("\n", " "),
    "more lines": lambda text: text.replace('": ', '":\n\n  '),
    "a key before, in any script": lambda text: text.replace("{\n", FIRST_KEY, 1),
}


def cases() -> list[tuple[str, str]]:
    """Title and change; a comment ends with its line, so it must not be put on one with others."""
    return [
        (rule.title, change)
        for rule in all_rules()
        for change in CHANGES
        if rule.id not in NO_TEXT
        and (EXAMPLES / f"{rule.title}.json").is_file()
        and (rule.id, change) != ("MD003", "one line")
    ]


def selected(document: Document, findings: list[Finding]) -> list[tuple[str, str, str]]:
    """Rule, pointer, and selected text without the white space that the changes touch."""
    return sorted(
        (each.rule, each.pointer, "".join(document.region(each.span).split())) for each in findings
    )


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["no mark", "mark"])
@pytest.mark.parametrize(("title", "change"), cases())
def test_the_same_text_is_selected(title: str, change: str, mark: bytes) -> None:
    text = (EXAMPLES / f"{title}.json").read_bytes().decode("utf-8")
    before = Document(text)
    after = Document.from_bytes(mark + CHANGES[change](text).encode("utf-8"))
    expected = selected(before, check(before))
    found = [each for each in check(after) if each.rule != "MD005"]
    if title.startswith("MD006"):
        assert [each.rule for each in found] == [each[0] for each in expected]
    else:
        assert selected(after, found) == expected


def test_the_changes_change_something() -> None:
    text = json.dumps({"a": [{"b": 1}]}, indent=2)
    assert all(change(text) != text for change in CHANGES.values())
