"""Tokens of a text that is meant to be JSON, with what is not JSON named and passed over."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from math import inf, isfinite
from typing import Any, NamedTuple

from ._issues import IssueKind, RawIssue
from ._strings import CLOSERS, read_quoted, read_string

MOST_ISSUES = 100
"""More than that many departures from JSON in one file are not recorded."""

_PLAIN = re.compile(
    r"[ \t\r\n]*(?:([{}\[\]:,])"
    r'|"([^"\\\x00-\x1f]*)"'
    r"|(-?(?:0|[1-9][0-9]{0,17}))(?![\w.+\-])"
    r"|(true|false|null)(?!\w))"
)
_PUNCTUATION, _STRING, _INTEGER, _LITERAL = 1, 2, 3, 4
_LITERALS = {"true": True, "false": False, "null": None}
_BLANKS = re.compile(r"[ \t\r\n]*")
_COMMENT = re.compile(r"//[^\r\n]*|#[^\r\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_CONFLICT = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?:[ \t][^\r\n]*)?(?=[\r\n]|\Z)")
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\x00-\x1f]")
_WORD = re.compile(r"[^\s{}\[\]:,\"'/]+")
_BARE_VALUE = re.compile(r"[^,\]}\r\n\"'/]+|[^\s,\]}]")
_PLAIN_WORD = re.compile(r"[\w.:/@-]+\Z")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?\Z")
_ALMOST_NUMBER = re.compile(r"[-+]?[0-9_]*\.?[0-9_]*(?:[eE][+-]?[0-9]+)?\Z")
_WORD_START = re.compile(r"[\w.+\-$<%@~\\^&*(!?|]")
_FOREIGN_LITERALS = {
    "True": True, "TRUE": True, "False": False, "FALSE": False, "None": None, "NULL": None,
    "Null": None, "nil": None, "undefined": None, "yes": True, "no": False,
}  # fmt: skip
_NOT_FINITE = {"NaN", "Infinity", "-Infinity", "+Infinity", "nan", "inf", "-inf"}
_LONGEST_INTEGER = 19
_END = "end"


class Token(NamedTuple):
    """A token: ``kind`` is its character, or ``value``, ``string`` or ``end``."""

    kind: str
    value: Any
    start: int
    end: int


class Lexer:
    """Gives the tokens of ``text``; ``issues`` gathers what is not JSON."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.issues: list[RawIssue] = []

    def report(
        self,
        message: str,
        fix: str,
        start: int,
        end: int,
        *,
        kind: IssueKind = "syntax",
        replacement: str | None = None,
    ) -> None:
        """Record a departure from JSON, unless the last one stands at the same place."""
        if len(self.issues) < MOST_ISSUES and not (self.issues and self.issues[-1].start == start):
            self.issues.append(RawIssue(kind, message, fix, start, end, replacement))

    def next(self, *, value_expected: bool) -> Token:
        """Return the next token; the last one is of kind ``end``."""
        found = _PLAIN.match(self.text, self.position)
        if found is None:
            return self._next_odd(value_expected=value_expected)
        self.position = end = found.end()
        group = found.lastindex
        if group == _PUNCTUATION:
            return Token(found[_PUNCTUATION], None, end - 1, end)
        if group == _STRING:
            return Token("string", found[_STRING], found.start(_STRING) - 1, end)
        assert group is not None
        word = found[group]
        value = int(word) if group == _INTEGER else _LITERALS[word]
        return Token("value", value, end - len(word), end)

    def _next_odd(self, *, value_expected: bool) -> Token:
        while True:
            blanks = _BLANKS.match(self.text, self.position)
            assert blanks is not None
            start = self.position = blanks.end()
            character = self.text[start : start + 1]
            if not character:
                return Token(_END, None, start, start)
            if character == '"' or character in CLOSERS:
                return self._string(start, character)
            if not self._passed_over(start):
                return self._odd_token(start, character, value_expected=value_expected)
            if _PLAIN.match(self.text, self.position):
                return self.next(value_expected=value_expected)

    def _string(self, start: int, character: str) -> Token:
        read = read_string if character == '"' else read_quoted
        value, self.position = read(self.text, start, self.report)
        return Token("string", value, start, self.position)

    def _passed_over(self, start: int) -> bool:
        """Skip a comment, a conflict marker or an invisible character at ``start``."""
        if comment := _COMMENT.match(self.text, start):
            message = "JSON has no comments."
            fix = "Delete the comment; Elastic Beanstalk cannot read the file with it."
            self.report(message, fix, start, comment.end(), kind="comment")
            self.position = comment.end()
        elif conflict := _CONFLICT.match(self.text, start):
            message = f"A merge conflict is not resolved: {conflict.group()}."
            fix = "Keep one side of the conflict and delete its markers."
            self.report(message, fix, start, conflict.end())
            self.position = conflict.end()
        elif _INVISIBLE.match(self.text, start):
            name = f"U+{ord(self.text[start]):04X}"
            message = f"The invisible character {name} is no white space of JSON."
            self.report(message, "Delete it or write a space.", start, start + 1)
            self.position = start + 1
        else:
            return False
        return True

    def _odd_token(self, start: int, character: str, *, value_expected: bool) -> Token:
        if character in {"=", ";"}:
            return self._wrong_separator(start, character)
        if not _WORD_START.match(character) and not character.isalnum():
            self.position = start + 1
            message = f"The character {character} does not belong here."
            self.report(message, "Delete it or put it in double quotes.", start, start + 1)
            return self.next(value_expected=value_expected)
        word = (_BARE_VALUE if value_expected else _WORD).match(self.text, start)
        content = word.group().rstrip() if word else character
        self.position = start + len(content)
        return self._word(start, content)

    def _wrong_separator(self, start: int, character: str) -> Token:
        end = start + (2 if self.text.startswith("=>", start) else 1)
        right = ":" if character == "=" else ","
        self.position = end
        message = f"{self.text[start:end]} stands where JSON has {right}"
        self.report(message + ".", f"Write {right}", start, end, replacement=right)
        return Token(right, None, start, end)

    def _word(self, start: int, word: str) -> Token:
        end = start + len(word)
        if _NUMBER.match(word):
            return Token("value", self._number(word, start), start, end)
        if word in _FOREIGN_LITERALS:
            value = _FOREIGN_LITERALS[word]
            right = "null" if value is None else str(value).lower()
            message = f"{word} is not a word of JSON."
            self.report(message, f"Write {right}.", start, end, replacement=right)
            return Token("value", value, start, end)
        if word in _NOT_FINITE:
            self.report(f"{word} is not a number of JSON.", "Write a finite number.", start, end)
            return Token("value", None, start, end)
        if word[0] in "+-.0123456789" and _ALMOST_NUMBER.match(word):
            return Token("value", self._almost_number(word, start), start, end)
        shown = word if len(word) <= 60 else word[:57] + "..."  # noqa: PLR2004
        message = f"{shown} stands without double quotes."
        replacement = json.dumps(word, ensure_ascii=False) if _PLAIN_WORD.match(word) else None
        self.report(message, f'Write "{shown}".', start, end, replacement=replacement)
        return Token("string", word, start, end)

    def _number(self, word: str, start: int) -> float | None:
        digits = len(word.lstrip("-"))
        if word.lstrip("-").isdigit() and digits <= _LONGEST_INTEGER:
            return int(word)
        number = float(word) if digits <= 400 else inf  # noqa: PLR2004
        if word.lstrip("-").isdigit() or not isfinite(number):
            message = f"A number of {digits} characters is larger than anything ECS takes."
            self.report(message, "Write the number that is meant.", start, start + len(word))
            return None
        return number

    def _almost_number(self, word: str, start: int) -> float | None:
        digits = word.replace("_", "")
        number: float | None = None
        with suppress(ValueError):
            number = float(digits)
            number = int(number) if number.is_integer() and abs(number) < 1e15 else number  # noqa: PLR2004
        if number is not None and not isfinite(number):
            number = None
        fix = f"Write {number}." if number is not None else "Write a number."
        self.report(
            f"{word[:60]} is not a number as JSON writes it.", fix, start, start + len(word)
        )
        return number
