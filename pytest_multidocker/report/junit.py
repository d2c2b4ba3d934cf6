"""Findings as JUnit's XML: a suite a file, a case a finding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from ..rules import Finding
from .text import line

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(findings: Sequence[Finding], files: Sequence[str]) -> str:
    """Return the document, in ASCII; errors are failures, the rest is passed with a text."""
    by_file: dict[str, list[Finding]] = {file: [] for file in files}
    for finding in findings:
        by_file.setdefault(finding.path, []).append(finding)
    suites = "".join(_suite(file, found) for file, found in by_file.items())
    counts = _counts(findings, sum(max(1, len(found)) for found in by_file.values()))
    head = '<?xml version="1.0" encoding="utf-8"?>\n'
    text = f'{head}<testsuites name="multidocker check" {counts}>\n{suites}</testsuites>\n'
    return text.encode("ascii", "xmlcharrefreplace").decode()


def _suite(file: str, findings: Sequence[Finding]) -> str:
    cases = "".join(map(_case, findings))
    if not findings:
        cases = f'    <testcase classname={_attribute(file)} name="check" time="0"/>\n'
    counts = _counts(findings, max(1, len(findings)))
    return f"  <testsuite name={_attribute(file)} {counts}>\n{cases}  </testsuite>\n"


def _case(finding: Finding) -> str:
    name = f"{finding.rule}-{finding.name}:{finding.span.line}:{finding.span.column}"
    start = f"    <testcase classname={_attribute(finding.path)} name={_attribute(name)}"
    body = escape(_clean(line(finding)))
    if finding.severity == "error":
        kind, message = _attribute(finding.rule), _attribute(finding.message)
        inside = f"<failure type={kind} message={message}>{body}</failure>"
    else:
        inside = f"<system-out>{body}</system-out>"
    return f'{start} time="0">{inside}</testcase>\n'


def _counts(findings: Sequence[Finding], tests: int) -> str:
    failures = sum(finding.severity == "error" for finding in findings)
    return f'tests="{tests}" failures="{failures}" errors="0" skipped="0" time="0"'


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
