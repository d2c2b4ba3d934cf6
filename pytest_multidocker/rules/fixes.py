"""Putting right what has one sure answer, and leaving the rest of the file as it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ..dockerrun import Document, Span
from ._model import Finding

_MOST_PASSES = 10
"""Putting one thing right may bring another to light, such as a link under a mis-spelt key."""


class Fixed(NamedTuple):
    """The text after all fixes, and how many there were."""

    text: str
    edits: int


def fix(document: Document, check: Callable[[Document], Iterable[Finding]]) -> Fixed:
    """Return the document's text with every finding put right that says how.

    ``check`` finds what is wrong; it is asked again after each pass. A text that could not be
    decoded is returned as it is: what would be written is not what was there.
    """
    if "\ufffd" in document.text:
        return Fixed(document.text, 0)
    done = 0
    for _ in range(_MOST_PASSES):
        edits = _edits(document, check(document))
        if not edits:
            break
        text = document.text
        for start, end, replacement in reversed(edits):
            text = text[:start] + replacement + text[end:]
        done += len(edits)
        document = Document(text, path=document.path)
    return Fixed(document.text, done)


def _edits(document: Document, findings: Iterable[Finding]) -> list[tuple[int, int, str]]:
    """Return the replacements in the order of the text, those that overlap another left out."""
    wanted = sorted(
        (*_offsets(document, finding.span), finding.replacement)
        for finding in findings
        if finding.replacement is not None and finding.path == document.path
    )
    chosen: list[tuple[int, int, str]] = []
    for start, end, replacement in wanted:
        if not chosen or start >= chosen[-1][1]:
            chosen.append((start, end, replacement))
    return chosen


def _offsets(document: Document, span: Span) -> tuple[int, int]:
    return document.offset(span[:2]), document.offset(span[2:])
