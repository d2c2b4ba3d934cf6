"""Strings of a JSON text: escapes, and what people write in their place."""

from __future__ import annotations

import json
import re
from typing import Protocol

from .shown import shown


class Report(Protocol):
    """Takes a message, a fix, the region's offsets, and what to write there if that is sure."""

    def __call__(
        self, message: str, fix: str, start: int, end: int, *, replacement: str | None = None
    ) -> None:
        """Record a departure from JSON."""


_CHUNK = re.compile(r'[^"\\\x00-\x1f]*')
_ESCAPES = {
    '"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
}  # fmt: skip
_UNICODE = re.compile(r"u([0-9a-fA-F]{4})")
_LOW_SURROGATE = re.compile(r"\\u([dD][c-fC-F][0-9a-fA-F]{2})")

CLOSERS = {"'": "'", "‘": "’", "’": "’", "“": "”", "”": "”", "„": "“", "«": "»", "`": "`"}
"""Quotation marks that are not JSON's, and the marks that end them."""


class Marks:
    """Where characters next stand in a text.

    Asked in the order of the text, it passes over each part of it once for each character.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._next: dict[str, int] = {}

    def next(self, character: str, start: int) -> int:
        """Return the first offset from ``start`` on, the text's length where there is none."""
        found = self._next.get(character, -1)
        if found < start:
            found = self._text.find(character, start)
            self._next[character] = found = len(self._text) if found < 0 else found
        return found

    def line_end(self, start: int) -> int:
        """Return the offset at which the line ends that ``start`` is in."""
        return min(self.next("\n", start), self.next("\r", start))


_AFTER_KEY = re.compile(r"[ \t\r\n]*[:=]")
_AFTER_VALUE = re.compile(r"[ \t]*(?:[,\]};\r\n]|\Z)")


def ends_well(text: str, end: int, *, is_value: bool) -> bool:
    """Return whether what ends at ``end`` is followed by what may follow a value, or a key."""
    return (_AFTER_VALUE if is_value else _AFTER_KEY).match(text, end) is not None


def read_string(text: str, start: int, report: Report) -> tuple[str, int]:
    """Read the string whose opening quote is at ``start``; return it and the offset after it.

    A string that its line does not end is taken to end with the line, before a closing comma.
    """
    parts: list[str] = []
    position = start + 1
    while True:
        chunk = _CHUNK.match(text, position)
        assert chunk is not None
        parts.append(chunk.group())
        position = chunk.end()
        character = text[position : position + 1]
        if character == '"':
            return "".join(parts), position + 1
        if character == "\\":
            part, position = _read_escape(text, position, report)
            parts.append(part)
        elif character in {"", "\n", "\r"}:
            return _unended(text, start, position, "".join(parts), report)
        else:
            name = f"U+{ord(character):04X}"
            fix = f"Write it as the escape \\u{ord(character):04x}."
            report(f"The control character {name} stands in a string.", fix, position, position + 1)
            parts.append(character)
            position += 1


def read_quoted(
    text: str, start: int, marks: Marks, report: Report, *, is_value: bool
) -> tuple[str, int]:
    """Read a string in foreign quotation marks; return it and the offset after it."""
    line_end = marks.line_end(start)
    closers = {CLOSERS[text[start]], text[start], '"'} - {"„", "«"}
    end = min(marks.next(mark, start + 1) for mark in closers)
    if end >= line_end:
        return _unended(text, start, line_end, text[start + 1 : line_end], report)
    kind = "single quotes" if text[start] == "'" else f"the quotation mark {text[start]}"
    message = f"A string stands in {kind}; JSON strings stand in double quotes."
    content = text[start + 1 : end]
    is_sure = "\\" not in content and ends_well(text, end + 1, is_value=is_value)
    replacement = json.dumps(content, ensure_ascii=False) if is_sure else None
    report(message, f'Write "{shown(content)}".', start, end + 1, replacement=replacement)
    return content, end + 1


def _unended(text: str, start: int, end: int, content: str, report: Report) -> tuple[str, int]:
    kept = text[start + 1 : end].rstrip(" \t")
    kept = kept.removesuffix(",").rstrip(" \t")
    stop = start + 1 + len(kept)
    fix = 'Close it with "; a line break inside a string is written \\n.'
    report("The string has no closing quote on its line.", fix, start, stop)
    cut = end - stop
    return (content[:-cut] if cut else content), stop


def _read_escape(text: str, start: int, report: Report) -> tuple[str, int]:
    letter = text[start + 1 : start + 2]
    if letter in _ESCAPES:
        return _ESCAPES[letter], start + 2
    code = _UNICODE.match(text, start + 1)
    if code is None:
        end = start + 1 + len(letter.strip())
        report(
            f"\\{letter.strip()} is no escape of JSON.", "Write \\\\ for a backslash.", start, end
        )
        return "\\", start + 1
    number = int(code.group(1), 16)
    if not 0xD800 <= number <= 0xDFFF:  # noqa: PLR2004 - the range of surrogates
        return chr(number), code.end()
    low = _LOW_SURROGATE.match(text, code.end()) if number < 0xDC00 else None  # noqa: PLR2004
    if low is None:
        message = f"\\{code.group()} is half of a surrogate pair, no character."
        report(message, "Write the character itself.", start, code.end())
        return "�", code.end()
    return chr(0x10000 + ((number - 0xD800) << 10) + int(low.group(1), 16) - 0xDC00), low.end()
