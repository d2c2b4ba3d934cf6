"""Where things stand in a text: offsets to lines and columns."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

_LINE_BREAK = re.compile(r"\r\n|\n|\r")


class Span(NamedTuple):
    """A region of a text, 1-based; the end is the position after the last character.

    Columns count characters (Unicode code points): a tab is one, an emoji is one.
    """

    line: int
    column: int
    end_line: int
    end_column: int


ORIGIN = Span(1, 1, 1, 1)
"""The start of the text, for what has no better place."""


class LineIndex:
    """Turns offsets of one text into lines and columns; built when first asked."""

    __slots__ = ("_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: list[int] | None = None

    def span(self, start: int, end: int) -> Span:
        """Return the region from offset ``start`` up to, not including, offset ``end``."""
        return Span(*self._position(start), *self._position(end))

    def offset(self, position: tuple[int, ...]) -> int:
        """Return the offset of a line and a column."""
        line, column = position
        return self._line_starts()[line - 1] + column - 1

    def _position(self, offset: int) -> tuple[int, int]:
        starts = self._line_starts()
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def _line_starts(self) -> list[int]:
        if self._starts is None:
            self._starts = [0, *(found.end() for found in _LINE_BREAK.finditer(self._text))]
        return self._starts
