"""Tokens of a text that is meant to be JSON, with what is not JSON named and passed over."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from math import isfinite
from typing import Any, NamedTuple

from ._issues import IssueKind, RawIssue
from ._strings import CLOSERS, Marks, ends_well, read_quoted, read_string
from .shown import shown

MOST_ISSUES = 100
"""More than that many departures from JSON in one file are not recorded, unless asked for."""

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
    "Null": None, "nil": None, "undefined": None,
}  # fmt: skip
NULLS = {"null", *(word for word, value in _FOREIGN_LITERALS.items() if value is None)}
"""What stands for an absent value; where another text is read as ``None``, it could not be read."""
_MEANT = {"yes": "true", "no": "false"}
_MISSPELT = range(3, 7)
"""How many letters a word has that may be a mis-spelt ``true``, ``false`` or ``null``."""
_NOT_FINITE = {"NaN", "Infinity", "-Infinity", "+Infinity", "nan", "inf", "-inf"}
_OTHER_BASE = re.compile(r"[-+]?0(?:[xX][0-9a-fA-F]{1,16}|[oO][0-7]{1,21}|[bB][01]{1,64})\Z")
_LONGEST_NUMBER = 400
_END = "end"


class Token(NamedTuple):
    """A token: ``kind`` is its character, or ``value``, ``string`` or ``end``."""

    kind: str
    value: Any
    start: int
    end: int


class Lexer:
    """Gives the tokens of ``text``; ``issues`` gathers what is not JSON."""

    def __init__(self, text: str, most_issues: int = MOST_ISSUES) -> None:
        self.text = text
        self.most_issues = most_issues
        self.position = 0
        self._marks = Marks(text)
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
        if len(self.issues) < self.most_issues and not (
            self.issues and self.issues[-1].start == start
        ):
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
                return self._string(start, character, is_value=value_expected)
            if not self._passed_over(start):
                token = self._odd_token(start, character, value_expected=value_expected)
                if token is not None:
                    return token
            if _PLAIN.match(self.text, self.position):
                return self.next(value_expected=value_expected)

    def _string(self, start: int, character: str, *, is_value: bool) -> Token:
        if character == '"':
            value, self.position = read_string(self.text, start, self.report)
        else:
            value, self.position = read_quoted(
                self.text, start, self._marks, self.report, is_value=is_value
            )
        return Token("string", value, start, self.position)

    def _passed_over(self, start: int) -> bool:
        """Skip a comment, a conflict marker or an invisible character at ``start``."""
        if comment := _COMMENT.match(self.text, start):
            message = "JSON has no comments."
            fix = "Delete the comment; Elastic Beanstalk cannot read the file with it."
            self.report(message, fix, start, comment.end(), kind="comment")
            self.position = comment.end()
        elif conflict := _CONFLICT.match(self.text, start):
            message = f"A merge conflict is not resolved: {shown(conflict.group())}."
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

    def _odd_token(self, start: int, character: str, *, value_expected: bool) -> Token | None:
        if character in {"=", ";"}:
            return self._wrong_separator(start, character)
        if not _WORD_START.match(character) and not character.isalnum():
            self.position = start + 1
            message = f"The character {character} does not belong here."
            self.report(message, "Delete it or put it in double quotes.", start, start + 1)
            return None
        word = (_BARE_VALUE if value_expected else _WORD).match(self.text, start)
        content = word.group().rstrip() if word else character
        self.position = end = start + len(content)
        if number := self._number_token(start, content):
            return number
        if value_expected and (literal := _literal_meant(content)):
            return self._misspelt_literal(start, content, literal)
        is_sure = (
            _PLAIN_WORD.match(content) is not None
            and not content[0].isdecimal()
            and ends_well(self.text, end, is_value=value_expected)
        )
        return self._word(start, content, is_sure=is_sure)

    def _wrong_separator(self, start: int, character: str) -> Token:
        end = start + (2 if self.text.startswith("=>", start) else 1)
        right = ":" if character == "=" else ","
        self.position = end
        message = f"{self.text[start:end]} stands where JSON has {right}"
        self.report(message + ".", f"Write {right}", start, end, replacement=right)
        return Token(right, None, start, end)

    def _word(self, start: int, word: str, *, is_sure: bool) -> Token:
        end = start + len(word)
        if word in _FOREIGN_LITERALS:
            value = _FOREIGN_LITERALS[word]
            right = "null" if value is None else str(value).lower()
            message = f"{word} is not a word of JSON."
            self.report(message, f"Write {right}.", start, end, replacement=right)
            return Token("value", value, start, end)
        replacement = json.dumps(word, ensure_ascii=False) if is_sure else None
        message = f"{shown(word)} stands without double quotes."
        self.report(message, f'Write "{shown(word)}".', start, end, replacement=replacement)
        return Token("string", word, start, end)

    def _misspelt_literal(self, start: int, word: str, literal: str) -> Token:
        message = f"{word} is not a word of JSON. Did you mean {literal}?"
        end = start + len(word)
        self.report(message, f'Write {literal}, or "{word}".', start, end)
        return Token("value", None, start, end)

    def _number_token(self, start: int, word: str) -> Token | None:
        end = start + len(word)
        if _NUMBER.match(word):
            return Token("value", _number(word), start, end)
        if word in _NOT_FINITE:
            self.report(f"{word} is not a number of JSON.", "Write a finite number.", start, end)
            return Token("value", None, start, end)
        if word[0] in "+-.0123456789" and (_ALMOST_NUMBER.match(word) or _OTHER_BASE.match(word)):
            number = _almost_number(word)
            fix = f"Write {number}." if number is not None else "Write a number."
            self.report(f"{shown(word)} is not a number as JSON writes it.", fix, start, end)
            return Token("value", number, start, end)
        return None


def _literal_meant(word: str) -> str:
    """Return the literal that a bare word is likely a slip for, or the empty string.

    That is one whose letters are the same but for one that is too many, missing, another's, or in
    its neighbour's place.
    """
    if word in _MEANT or len(word) not in _MISSPELT or word in _FOREIGN_LITERALS:
        return _MEANT.get(word, "")
    return next((_SLIPS[each] for each in _less_one(word.lower()) if each in _SLIPS), "")


def _less_one(word: str) -> list[str]:
    """Return the word, and the word without each of its letters."""
    return [word, *(word[:place] + word[place + 1 :] for place in range(len(word)))]


_SLIPS = {slip: literal for literal in _LITERALS for slip in _less_one(literal)}


def _number(word: str) -> float | str:
    """Return the number, or its digits: Elastic Beanstalk reads numbers as texts first."""
    if len(word) > _LONGEST_NUMBER:
        return word
    if word.lstrip("-").isdigit():
        return int(word)
    number = float(word)
    return number if isfinite(number) else word


def _almost_number(word: str) -> float | None:
    if _OTHER_BASE.match(word):
        return int(word, 0)
    digits = word.replace("_", "")[:_LONGEST_NUMBER]
    number: float | None = None
    with suppress(ValueError):
        number = float(digits)
    if number is None or not isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 1e15 else number  # noqa: PLR2004
