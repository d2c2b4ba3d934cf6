"""Findings as GitHub's workflow commands, which annotate the lines of a pull request.

Source: `Workflow commands for GitHub Actions
<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>`_.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..dockerrun.shown import visible
from ..rules import Finding

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def render(findings: Sequence[Finding], files: Sequence[str]) -> str:
    """Return one command a finding."""
    del files
    return "".join(f"{_command(finding)}\n" for finding in findings)


def _command(finding: Finding) -> str:
    properties = {
        "file": finding.path,
        "line": finding.span.line,
        "endLine": finding.span.end_line,
        "title": f"{finding.rule} {finding.name}",
    }
    if finding.span.line == finding.span.end_line:  # GitHub takes columns of one line only
        properties["col"] = finding.span.column
        properties["endColumn"] = finding.span.end_column
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    parts = [finding.message, finding.fix and f"Fix: {finding.fix}"]
    if finding.aws_text:
        parts.append(f"AWS would say ({finding.phase}): {finding.aws_text}")
    return f"::{_COMMANDS[finding.severity]} {listed}::{_data(chr(10).join(filter(None, parts)))}"


def _data(text: str) -> str:
    return visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
