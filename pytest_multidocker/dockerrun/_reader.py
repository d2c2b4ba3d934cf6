"""A JSON reader that goes on after errors and knows where everything stands.

The standard library's reader stops at the first error, forgets positions, and fails on deep
nesting. Elastic Beanstalk says "not in valid JSON format" and no more. A linter has to say where,
why, and what else is wrong, so it needs a reader of its own. This one keeps an explicit stack, so
that no nesting exhausts Python's, and is linear in the length of the text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ._issues import RawDuplicate
from ._lexer import MOST_ISSUES, Lexer, Token
from .shown import shown

DEEPEST = 200
"""Objects and arrays nested deeper are read past and left out (a Dockerrun needs six levels)."""


class Place(NamedTuple):
    """Offsets of a member or an item: its key (-1 in an array), its value, and those inside."""

    key_start: int
    key_end: int
    start: int
    end: int
    inside: Any
    """A dict of places by key, a list of places, or ``None``."""


class _Frame:
    """An object or an array that is being read."""

    __slots__ = ("comma", "is_object", "key", "key_end", "key_start", "places", "start", "value")

    def __init__(self, start: int, *, is_object: bool) -> None:
        self.start = start
        self.is_object = is_object
        self.value: Any = {} if is_object else []
        self.places: Any = {} if is_object else []
        self.key = ""
        self.key_start = self.key_end = -1
        self.comma = -1


_NOTHING = object()
_STARTS = set('"{[-0123456789')
"""With what a key or value begins; before anything else a comma may not be what is missing."""


class Reader:
    """Reads one text; the results are ``value``, ``place``, ``duplicates`` and ``lexer.issues``."""

    def __init__(self, text: str, most_issues: int = MOST_ISSUES) -> None:
        self.lexer = Lexer(text, most_issues)
        self.value: Any = _NOTHING
        self.place: Place | None = None
        self.duplicates: list[RawDuplicate] = []
        self._stack: list[_Frame] = []
        self._expect: Callable[[Token], None] = self._expect_value
        self._last_end = 0
        self._done = False
        self._too_deep = 0

    def read(self) -> Any:
        """Read the whole text and return its value, ``None`` where there is none."""
        while not self._done:
            token = self.lexer.next(value_expected=self._expect == self._expect_value)
            if token.kind == "end":
                self._end(token)
            else:
                self._expect(token)
        return None if self.value is _NOTHING else self.value

    # What may come next. Each takes the token, and decides what may follow it.

    def _expect_value(self, token: Token) -> None:
        kind = token.kind
        if kind in {"string", "value"}:
            self._attach(token.value, token.start, token.end, None)
        elif kind in {"{", "["}:
            self._open(token)
        elif kind in {"}", "]"}:
            self._close_without_value(token)
        elif kind == ",":
            self._report("A value is missing before this comma.", "Delete the comma.", token)
            if self._stack and self._stack[-1].is_object:
                self._attach(None, token.start, token.start, None)
                self._expect(token)
        else:
            self._report("This colon has no key before it.", "Delete it.", token)

    def _expect_key(self, token: Token) -> None:
        frame = self._stack[-1]
        kind = token.kind
        if kind in {"string", "value"}:
            if kind == "value":
                shown = self.lexer.text[token.start : token.end]
                self._report("A key must be a string.", f'Write "{shown}".', token)
            frame.key = token.value if kind == "string" else str(token.value)
            frame.key_start, frame.key_end = token.start, token.end
            self._expect = self._expect_colon
        elif kind in {"}", "]"}:
            self._close(token)
        elif kind == ",":
            self._report("This comma separates nothing.", "Delete it.", token)
        else:
            self._report("A key in double quotes is missing before this.", "Add the key.", token)
            frame.key, frame.key_start, frame.key_end = "", token.start, token.start
            self._expect = self._expect_value
            if kind != ":":
                self._expect_value(token)

    def _expect_colon(self, token: Token) -> None:
        self._expect = self._expect_value
        if token.kind == ":":
            return
        frame = self._stack[-1]
        if token.kind in {",", "}", "]"}:
            message = f'The key "{shown(frame.key)}" has no value.'
            self.lexer.report(message, "Add : and a value.", frame.key_start, frame.key_end)
            self._attach(None, frame.key_end, frame.key_end, None)
            self._expect(token)
        else:
            message = f'A colon is missing after the key "{shown(frame.key)}".'
            self.lexer.report(message, "Add the colon.", frame.key_end, token.start)
            self._expect_value(token)

    def _expect_comma(self, token: Token) -> None:
        frame = self._stack[-1]
        if token.kind == ",":
            frame.comma = token.start
            self._expect = self._expect_key if frame.is_object else self._expect_value
        elif token.kind in {"}", "]"}:
            self._close(token)
        elif token.kind == ":":
            self._report("This colon follows a value, not a key.", "Delete it.", token)
        else:
            end = self._last_end
            text = self.lexer.text
            replacement = f"{text[end - 1 : end]}," if text[token.start] in _STARTS else None
            message = "A comma is missing after this value."
            self.lexer.report(message, "Add a comma.", end - 1, end, replacement=replacement)
            self._expect = self._expect_key if frame.is_object else self._expect_value
            self._expect(token)

    def _expect_nothing(self, token: Token) -> None:
        message = "The JSON value ends before this; nothing may follow it."
        self.lexer.report(message, "Delete what follows.", token.start, token.end)
        self._done = True

    # What the tokens do.

    def _open(self, token: Token) -> None:
        frame = _Frame(token.start, is_object=token.kind == "{")
        self._stack.append(frame)
        if len(self._stack) == DEEPEST + 1:
            message = f"Objects and arrays are nested more than {DEEPEST} deep."
            self._report(message, "Nothing in a Dockerrun file needs more than six levels.", token)
        self._expect = self._expect_key if frame.is_object else self._expect_value

    def _attach(self, value: Any, start: int, end: int, inside: Any) -> None:
        """Put a finished value where it belongs."""
        self._last_end = end
        if not self._stack:
            self.value, self.place = value, Place(-1, -1, start, end, inside)
            self._expect = self._expect_nothing
            return
        frame = self._stack[-1]
        self._expect = self._expect_comma
        frame.comma = -1
        if not frame.is_object:
            frame.value.append(value)
            frame.places.append(Place(-1, -1, start, end, inside))
            return
        if frame.key in frame.value:
            self._note_duplicate(frame)
        frame.value[frame.key] = value
        frame.places[frame.key] = Place(frame.key_start, frame.key_end, start, end, inside)

    def _note_duplicate(self, frame: _Frame) -> None:
        if len(self.duplicates) < self.lexer.most_issues:
            steps = [
                above.key if above.is_object else str(len(above.value)) for above in self._stack
            ]
            pointer = "".join("/" + escape(step) for step in steps)
            first: Place = frame.places[frame.key]
            again = (frame.key_start, frame.key_end)
            place = RawDuplicate(pointer, frame.key, (first.key_start, first.key_end), again)
            self.duplicates.append(place)

    def _close_without_value(self, token: Token) -> None:
        frame = self._stack[-1] if self._stack else None
        if frame is not None and frame.is_object:
            message = f'The key "{shown(frame.key)}" has no value.'
            self.lexer.report(message, "Add a value.", frame.key_start, frame.key_end)
            self._attach(None, token.start, token.start, None)
        self._close(token)

    def _close(self, token: Token) -> None:
        wanted = token.kind == "}"
        if not self._stack or self._stack[-1].is_object != wanted:
            if not any(frame.is_object == wanted for frame in self._stack[-DEEPEST:]):
                self._report(f"Nothing is open that {token.kind} could close.", "Delete it.", token)
                return
            self._close_unclosed(token)
        frame = self._stack[-1]
        if frame.comma >= 0:
            message = f"A trailing comma: nothing follows it before {token.kind}"
            fix = "Delete the comma."
            start, end = frame.comma, frame.comma + 1
            self.lexer.report(message + ".", fix, start, end, kind="trailing-comma", replacement="")
        self._pop(token.end)

    def _close_unclosed(self, token: Token) -> None:
        """Close what stands between ``token`` and the bracket that it closes."""
        while self._stack[-1].is_object != (token.kind == "}"):
            frame = self._stack[-1]
            opener, closer = ("{", "}") if frame.is_object else ("[", "]")
            message = f"{opener} is not closed before {token.kind} closes what is around it."
            self.lexer.report(message, f"Add {closer}", frame.start, frame.start + 1)
            self._pop(token.start)

    def _pop(self, end: int) -> None:
        frame = self._stack.pop()
        if len(self._stack) >= DEEPEST:
            self._attach(None, frame.start, end, None)
        else:
            self._attach(frame.value, frame.start, end, frame.places)

    def _end(self, token: Token) -> None:
        if self._expect == self._expect_nothing:
            self._done = True
            return
        if not self._stack:
            message = "The file is empty." if not token.start else "The file holds no JSON value."
            self.lexer.report(message, "Write the object { ... }.", 0, 0)
        else:
            frame = self._stack[-1]
            opener, closer = ("{", "}") if frame.is_object else ("[", "]")
            message = f"The text ends, and this {opener} is never closed."
            self.lexer.report(message, f"Add {closer}", frame.start, frame.start + 1)
        while self._stack:
            if self._expect == self._expect_colon or (
                self._stack[-1].is_object and self._expect == self._expect_value
            ):
                self._attach(None, token.start, token.start, None)
            self._pop(token.start)
        self._done = True

    def _report(self, message: str, fix: str, token: Token) -> None:
        self.lexer.report(message, fix, token.start, token.end)


def escape(step: str) -> str:
    """Return ``step`` as one step of a JSON pointer (RFC 6901)."""
    return step.replace("~", "~0").replace("/", "~1")


def unescape(step: str) -> str:
    """Return what a step of a JSON pointer stands for."""
    return step.replace("~1", "/").replace("~0", "~")
