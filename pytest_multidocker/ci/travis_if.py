"""The conditions of Travis CI, as in ``if: branch = main AND type = push``. Pure.

Source: https://docs.travis-ci.com/user/conditions-v1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NoReturn

from .expression import NotEvaluated

_TOKEN = re.compile(
    r"\s*(?:(?P<text>\"[^\"]*\"|'[^']*')|(?P<regex>/(?:[^/\\]|\\.)*/)"
    r"|(?P<sign>&&|\|\||==|!=|=~|!~|[=!(),])|(?P<word>[^\s=!(),&|\"']+))"
)
_AND, _OR, _NOT = {"and", "&&"}, {"or", "||"}, {"not", "!"}


def travis_if_holds(condition: str, known: Mapping[str, str]) -> bool:
    """Return whether a condition holds; raises :class:`NotEvaluated` with what is not known.

    ``known`` has the attributes that a condition may ask for, as ``branch`` and ``type``.
    """
    try:
        return _Parser(condition, known).whole()
    except RecursionError:
        raise NotEvaluated(f"{condition}: it is nested too deep") from None


class _Parser:
    """Reads a condition and works it out on the way."""

    def __init__(self, text: str, known: Mapping[str, str]) -> None:
        self._text = text.strip()
        self._known = known
        self._tokens: list[tuple[str, str]] = []
        self._at = at = 0
        while at < len(self._text):
            found = _TOKEN.match(self._text, at)
            if found is None or found.lastgroup is None:
                self._fail("it cannot be read")
            self._tokens.append((found.lastgroup, found[found.lastgroup]))
            at = found.end()

    def whole(self) -> bool:
        value = self._joined(_OR, lambda: self._joined(_AND, self._not))
        if self._at < len(self._tokens):
            self._fail("it cannot be read")
        return value

    def _fail(self, why: str) -> NoReturn:
        raise NotEvaluated(f"{self._text}: {why}")

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            self._fail("it ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, words: set[str]) -> bool:
        """Go on and return true, if the next token is one of these."""
        found = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")
        taken = found[0] in {"word", "sign"} and found[1].lower() in words
        self._at += taken
        return taken

    def _joined(self, words: set[str], read: Callable[[], bool]) -> bool:
        values = [read()]
        while self._take(words):
            values.append(read())
        return any(values) if words is _OR else all(values)

    def _not(self) -> bool:
        if self._take(_NOT):
            return not self._not()
        if self._take({"("}):
            value = self._joined(_OR, lambda: self._joined(_AND, self._not))
            if not self._take({")"}):
                self._fail("a ')' is missing")
            return value
        return self._comparison()

    def _comparison(self) -> bool:
        left = self._value()
        for sign in ({"=", "=="}, {"!="}, {"=~"}, {"!~"}):
            if self._take(sign):
                same = self._matches(left) if sign & {"=~", "!~"} else left == self._value()
                return same is not bool(sign & {"!=", "!~"})
        if self._take({"is"}):
            inverse = self._take({"not"})
            if not self._take({"blank"}):
                inverse = not inverse
                if not self._take({"present"}):
                    self._fail("it cannot be read")
            return (not left) is not inverse
        inverse = self._take({"not"})
        if self._take({"in"}):
            return (left in self._listed()) is not inverse
        return left.lower() not in {"", "false"}

    def _matches(self, text: str) -> bool:
        kind, pattern = self._next()
        if kind != "regex" and self._take({"("}):
            self._fail(f"{pattern}() is not known here")
        if kind in {"regex", "text"}:
            pattern = pattern[1:-1]
        try:
            return re.search(pattern, text) is not None
        except re.error as error:
            self._fail(f"{pattern}: {error}")

    def _listed(self) -> list[str]:
        if not self._take({"("}):
            self._fail("a '(' is missing")
        found = [self._value()]
        while self._take({","}):
            found.append(self._value())
        if not self._take({")"}):
            self._fail("a ')' is missing")
        return found

    def _value(self) -> str:
        kind, token = self._next()
        if kind == "text":
            return token[1:-1]
        if kind != "word":
            self._fail("it cannot be read")
        if self._take({"("}):
            self._fail(f"{token}() is not known here")
        if token.lower() in self._known:
            return self._known[token.lower()]
        if token.lower() in _UNKNOWN:
            self._fail(f"{token} is not known here")
        return token


_UNKNOWN = {
    "repo", "head_repo", "head_branch", "sender", "commit_message", "os", "dist", "group", "sudo",
    "language",
}  # fmt: skip
