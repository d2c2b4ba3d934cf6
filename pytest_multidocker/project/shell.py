"""The simple commands of a shell script, as far as they can be told without running it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_PLAIN = re.compile(r"[^\s'\"\\$`;&|()<>]+")
_NAME = re.compile(r"\$(?:\w+|[^\s\w\"'])")
_REDIRECTION = re.compile(r"[<>]+&?")
_SEPARATORS = set(";&|()")
_ASSIGNMENT = re.compile(r"\w+=")
_BEFORE_COMMANDS = {
    "do", "then", "else", "elif", "if", "while", "until", "time", "!", "{",
    "sudo", "command", "exec", "env", "nohup",
}  # fmt: skip
_CLOSERS = {"(": ")", "{": "}"}


class Command(NamedTuple):
    """A simple command: the offset of its line in the script, and its words.

    What the shell would put in place of variables and commands stands in the words as it is
    written, blanks included.
    """

    line: int
    words: list[str]


class _Torn(Exception):  # noqa: N818 - nothing that anybody meets
    """A quotation, or a command in a command, that its line does not end."""


def commands(script: str) -> Iterator[Command]:
    """Yield the commands of a script in its order, without what is only before them.

    That is ``sudo``, words such as ``then``, and variables that are set for the command. A line
    that cannot be told apart is passed over.
    """
    joined, start = "", 0
    for offset, line in enumerate(script.splitlines()):
        start = start if joined else offset
        joined += line
        if joined.endswith("\\"):
            joined = joined[:-1] + " "
            continue
        for words in _commands(joined):
            if found := _bare(words):
                yield Command(start, found)
        joined = ""


def literals(word: str) -> list[str]:
    """Return what stands between the variables and commands of a word: one item if it has none."""
    found = [""]
    for text, is_expansion in _pieces(word):
        if is_expansion:
            found.append("")
        else:
            found[-1] += text
    return found


def masked(word: str) -> str:
    """Return the word, as long as it is, with ``$`` all over its variables and commands."""
    return "".join(
        "$" * len(text) if is_expansion else text for text, is_expansion in _pieces(word)
    )


def _pieces(word: str) -> Iterator[tuple[str, bool]]:
    """Yield each character, and each variable or command as a whole, with whether it is one."""
    position = 0
    while position < len(word):
        start, is_expansion = position, word[position] in "$`"
        try:
            position = _expansion_end(word, start) if is_expansion else start + 1
        except _Torn:
            position = len(word)
        yield word[start:position], is_expansion


def _bare(words: list[str]) -> list[str]:
    place = 0
    while place < len(words) and (words[place] in _BEFORE_COMMANDS or _is_option(words, place)):
        place += 1
    return words[place:]


def _is_option(words: list[str], place: int) -> bool:
    """Whether a word is a variable that is set for the command, or an option of ``sudo``."""
    of_sudo = place > 0 and words[place - 1] in {"sudo", "env"} and words[place].startswith("-")
    return of_sudo or _ASSIGNMENT.match(words[place]) is not None


def _commands(line: str) -> Iterator[list[str]]:
    try:
        yield from _Line(line).commands()
    except _Torn:
        return


class _Line:
    """One line of a script, read from its beginning to its end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0

    def commands(self) -> list[list[str]]:
        """Return the words of each command; raise `_Torn` where the line does not end them."""
        found: list[list[str]] = [[]]
        while self._position < len(self._text):
            character = self._text[self._position]
            if character.isspace():
                self._position += 1
            elif character in _SEPARATORS:
                self._position += 1
                found.append([])
            elif character == "#":
                break
            elif redirection := _REDIRECTION.match(self._text, self._position):
                self._position = redirection.end()
                self._skip_target()
            else:
                self._take(found[-1])
        return [words for words in found if words]

    def _take(self, words: list[str]) -> None:
        word = self._word()
        before_redirection = self._text[self._position : self._position + 1] in {"<", ">"}
        if not (word.isdecimal() and before_redirection):
            words.append(word)

    def _skip_target(self) -> None:
        while self._text[self._position : self._position + 1].isspace():
            self._position += 1
        if self._text[self._position : self._position + 1] not in {"", *_SEPARATORS}:
            self._word()

    def _word(self) -> str:
        parts: list[str] = []
        while self._position < len(self._text):
            character = self._text[self._position]
            if character.isspace() or character in _SEPARATORS or character in "<>":
                break
            parts.append(self._part(character))
        return "".join(parts)

    def _part(self, character: str) -> str:
        start = self._position
        if character == "'":
            self._position = end = _find(self._text, "'", start + 1) + 1
            return self._text[start + 1 : end - 1]
        if character == '"':
            return self._quoted()
        if character == "\\":
            self._position += 2
            return self._text[start + 1 : start + 2]
        if character in "$`":
            self._position = _expansion_end(self._text, start)
            return self._text[start : self._position]
        plain = _PLAIN.match(self._text, start)
        self._position = plain.end() if plain else start + 1
        return self._text[start : self._position]

    def _quoted(self) -> str:
        parts: list[str] = []
        self._position += 1
        while self._position < len(self._text):
            start, character = self._position, self._text[self._position]
            self._position += 1
            if character == '"':
                return "".join(parts)
            if character == "\\":
                self._position += 1
                parts.append(self._text[start + 1 : start + 2])
                continue
            if character in "$`":
                self._position = _expansion_end(self._text, start)
            parts.append(self._text[start : self._position])
        raise _Torn


def _expansion_end(text: str, start: int) -> int:
    """Return where what begins at ``start`` ends: a variable, a command, or a plain sign."""
    if text[start] == "`":
        return _find(text, "`", start + 1) + 1
    opener = text[start + 1 : start + 2]
    if text.startswith("${{", start):  # an expression of GitHub
        return _find(text, "}}", start + 3) + 2
    if opener in _CLOSERS:
        return _closing(text, start + 1, opener)
    name = _NAME.match(text, start)
    return name.end() if name else start + 1


def _closing(text: str, start: int, opener: str) -> int:
    depth = 0
    for position in range(start, len(text)):
        depth += (text[position] == opener) - (text[position] == _CLOSERS[opener])
        if depth == 0:
            return position + 1
    raise _Torn


def _find(text: str, wanted: str, start: int) -> int:
    found = text.find(wanted, start)
    if found < 0:
        raise _Torn
    return found
