"""Findings as text for people: two or three lines each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..dockerrun.shown import visible
from ..rules import Finding

_LONGEST = 600
"""Characters of AWS's words that are shown: they may repeat a name of any length."""
_EB_PHASES = {"parse", "source bundle"}


def render(findings: Sequence[Finding], files: Sequence[str]) -> str:
    """Return all findings, in their order, and a last line that counts them."""
    return "\n".join([*map(line, findings), _summary(findings, files)]) + "\n"


def line(finding: Finding) -> str:
    """Return one finding: place, severity, rule and message, then the fix, then AWS's words."""
    # GitHub takes a line of a log that begins with :: for a command.
    path = f"./{finding.path}" if finding.path.startswith("::") else finding.path
    place = f"{path}:{finding.span.line}:{finding.span.column}"
    lines = [f"{place} {finding.severity} {finding.rule} {finding.message}"]
    if finding.fix:
        lines.append(f"    fix: {finding.fix}")
    if finding.aws_text:
        speaker = "Elastic Beanstalk" if finding.phase in _EB_PHASES else "ECS"
        said = " ".join(finding.aws_text.split())
        said = said if len(said) <= _LONGEST else f"{said[:_LONGEST]}..."
        lines.append(f"    {speaker} would say ({finding.phase}): {said}")
    return "\n".join(map(visible, lines))


def _summary(findings: Sequence[Finding], files: Sequence[str]) -> str:
    counts = Counter(finding.severity for finding in findings)
    checked = f"{len(files)} file{'' if len(files) == 1 else 's'} checked"
    parts = [
        f"{count} {severity}{'' if count == 1 else 's'}"
        for severity, count in sorted(counts.items())
    ]
    return f"{checked}: {', '.join(parts) or 'no findings'}"
