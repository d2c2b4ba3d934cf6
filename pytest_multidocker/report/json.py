"""Findings as a JSON list of objects."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..rules import Finding


def render(findings: Sequence[Finding], files: Sequence[str]) -> str:
    """Return the list; its objects have the fields of `Finding.as_dict`."""
    del files
    return json.dumps([finding.as_dict() for finding in findings], indent=2) + "\n"
