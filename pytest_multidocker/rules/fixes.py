"""Putting right what has one sure answer, and leaving the rest of the file as it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from ..dockerrun import Document, Span
from ._model import Finding

_MOST_PASSES = 10
"""Putting one thing right may bring another to light, such as a text in a list that was none."""
_MOST_DEPARTURES = 100_000
"""From JSON; a text with more is left as it is."""
_MOST_TRIED = 2_000_000
"""Characters of all texts that are tried, so that large files take no longer than small ones."""

Edit = tuple[int, int, str]
"""Offsets of a region, and what is written in its place."""


class Fixed(NamedTuple):
    """The text after all fixes, with the byte order mark that is left, and how many there were."""

    text: str
    edits: int


def fix(
    document: Document,
    check: Callable[[Document], Iterable[Finding]],
    wanted: Callable[[Finding], bool] = lambda _: True,
) -> Fixed:
    """Return the document's text with every wanted finding put right that says how.

    ``check`` finds what is wrong. It is asked again after each change, and a change with which
    there is an error more than before is not made. A text that could not be decoded, or that is
    no object, is returned as it is: what would be written is not what was there or was meant.
    """
    whole = Document(document.text, path=document.path, most_issues=_MOST_DEPARTURES)
    few = len(whole.syntax_errors) < _MOST_DEPARTURES
    if not (document.is_exact and few and isinstance(document.value, dict)):
        return Fixed(document.mark + document.text, 0)
    marked = any(found.name == "byte-order-mark" and wanted(found) for found in check(document))
    attempt = _Attempt(whole, check)
    done = int(marked)
    for _ in range(_MOST_PASSES):
        made = attempt.put_right(wanted)
        done += made
        if not made:
            break
    return Fixed(("" if marked else document.mark) + attempt.document.text, done)


class _Attempt:
    """A document that gets better, and what is still wrong with it."""

    def __init__(self, document: Document, check: Callable[[Document], Iterable[Finding]]) -> None:
        self.document = document
        self._check = check
        self._findings = list(check(document))
        self._left = _MOST_TRIED

    def put_right(self, wanted: Callable[[Finding], bool]) -> int:
        """Make all changes that add no error; return how many."""
        start = self.document
        pending = [_edits(start, filter(wanted, self._findings))]
        kept: list[Edit] = []
        while pending:
            part = pending.pop()
            if not part or self._left < 0:
                continue
            if self._is_better(start, sorted(kept + part)):
                kept = sorted(kept + part)
            elif len(part) > 1:
                half = len(part) // 2
                pending += [part[half:], part[:half]]
        return len(kept)

    def _is_better(self, start: Document, edits: list[Edit]) -> bool:
        """Take the text with these changes if it has no error that it did not have before."""
        text = _edited(start.text, edits)
        self._left -= len(text)
        document = Document(text, path=start.path, most_issues=_MOST_DEPARTURES)
        findings = list(self._check(document))
        if _errors(findings) - _errors(self._findings):
            return False
        self.document, self._findings = document, findings
        return True


def _errors(findings: Iterable[Finding]) -> Counter[tuple[str, str]]:
    """Count the errors by what they say: where they stand changes with every edit."""
    return Counter((each.rule, each.message) for each in findings if each.severity == "error")


def _edited(text: str, edits: list[Edit]) -> str:
    """Return the text with the edits made, which are in its order."""
    parts, position = [], 0
    for start, end, replacement in edits:
        parts += [text[position:start], replacement]
        position = end
    return "".join([*parts, text[position:]])


def _edits(document: Document, findings: Iterable[Finding]) -> list[Edit]:
    """Return the replacements in the order of the text, those that overlap another left out."""
    wanted = sorted(
        (*_offsets(document, finding.span), finding.replacement)
        for finding in findings
        if finding.replacement is not None and finding.path == document.path
    )
    chosen: list[Edit] = []
    for start, end, replacement in wanted:
        if not chosen or start >= chosen[-1][1]:
            chosen.append((start, end, replacement))
    return chosen


def _offsets(document: Document, span: Span) -> tuple[int, int]:
    return document.offset(span[:2]), document.offset(span[2:])
