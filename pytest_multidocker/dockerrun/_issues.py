"""What the reader notes about a text that is not quite JSON."""

from __future__ import annotations

from typing import Literal, NamedTuple

from ._positions import Span

IssueKind = Literal[
    "syntax", "trailing-comma", "comment", "byte-order-mark", "too-large", "bundle-layout"
]


class SyntaxIssue(NamedTuple):
    """One departure from JSON: what it is, the way out, and where."""

    kind: IssueKind
    message: str
    fix: str
    span: Span
    replacement: str | None = None
    """What to write in place of the region, where there is one sure answer."""


class DuplicateKey(NamedTuple):
    """A key that an object gives twice; the last value counts."""

    pointer: str
    """JSON pointer of the member."""
    key: str
    first: Span
    again: Span


class RawIssue(NamedTuple):
    """A `SyntaxIssue` that still has offsets."""

    kind: IssueKind
    message: str
    fix: str
    start: int
    end: int
    replacement: str | None = None


class RawDuplicate(NamedTuple):
    """A `DuplicateKey` that still has offsets: of the first and of the repeated key."""

    pointer: str
    key: str
    first: tuple[int, int]
    again: tuple[int, int]
