"""Findings in SARIF 2.1.0, which code scanning services and editors read.

Source: `Static Analysis Results Interchange Format
<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>`_.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from .._version import __version__
from ..rules import Finding, Rule, all_rules

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def render(findings: Sequence[Finding], files: Sequence[str]) -> str:
    """Return the log; columns count characters, and a fix is given where ``--fix`` has one."""
    rules = all_rules()
    places = {rule.id: place for place, rule in enumerate(rules)}
    driver = {
        "name": "multidocker",
        "version": __version__,
        "rules": [_rule(rule) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": _uri(file)}} for file in files],
        "results": [_result(finding, places[finding.rule]) for finding in findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "help": {"text": rule.page(), "markdown": rule.page()},
        "helpUri": rule.source,
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"phase": rule.phase},
    }


def _result(finding: Finding, place: int) -> dict[str, Any]:
    lines = [finding.message]
    if finding.fix:
        lines.append(f"Fix: {finding.fix}")
    if finding.aws_text:
        lines.append(f"AWS would say ({finding.phase}): {finding.aws_text}")
    location = {"uri": _uri(finding.path)}
    region = {
        "startLine": finding.span.line,
        "startColumn": finding.span.column,
        "endLine": finding.span.end_line,
        "endColumn": finding.span.end_column,
    }
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": place,
        "level": _LEVELS[finding.severity],
        "message": {"text": "\n".join(lines)},
        "locations": [{"physicalLocation": {"artifactLocation": location, "region": region}}],
    }
    if finding.replacement is not None:
        replacement: dict[str, Any] = {"deletedRegion": region}
        if finding.replacement:
            replacement["insertedContent"] = {"text": finding.replacement}
        change = {"artifactLocation": location, "replacements": [replacement]}
        result["fixes"] = [{"description": {"text": finding.fix}, "artifactChanges": [change]}]
    return result


def _uri(path: str) -> str:
    """Return the path as an address, relative where it is."""
    posix = PurePath(path).as_posix()
    address = quote(posix.encode("utf-8", "surrogateescape"), safe="/")
    return f"file://{address}" if posix.startswith("/") else address
