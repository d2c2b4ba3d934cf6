"""A Dockerrun file as it stands: its text, its value, and where everything is."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from ..errors import UnreadableFile
from ._bundle import NAME, Bundled, read_bundle
from ._decode import ZIP, Decoded, decode
from ._issues import DuplicateKey, RawIssue, SyntaxIssue
from ._lexer import MOST_ISSUES, NULLS
from ._positions import ORIGIN, LineIndex, Span
from ._reader import Place, Reader, escape, unescape

__all__ = ["Document", "DuplicateKey", "Span", "SyntaxIssue", "escape", "load", "unescape"]

LARGEST = 1024 * 1024
"""Bytes; a file above is not read (ECS takes task definitions of at most 64 KiB)."""
_DEVICES = ("/dev/", "/proc/")
"""Where a pipe may stand that somebody writes to: standard input, and that of a shell's ``<()``."""


class Document:
    """A JSON text with the place of every key and value.

    ``path`` names it in messages, ``text`` is what was read, without a byte order mark, and
    ``value`` is its plain Python value: also of a text with errors, as far as it can be made out.
    ``syntax_errors`` are the departures from JSON in the order of the text, ``duplicates`` the
    keys that an object gives twice; of each no more than ``most_issues`` are recorded.
    """

    mark = ""
    """The byte order mark that the file begins with; empty where it has none."""
    is_exact = True
    """Whether ``mark`` and ``text``, written as UTF-8, are what was read."""
    beside: frozenset[str] | None = None
    """What is at the root of the source bundle that the file is in; ``None`` if it is in none."""

    def __init__(
        self, text: str, *, path: str = "Dockerrun.aws.json", most_issues: int = MOST_ISSUES
    ) -> None:
        self._setup(text, path, [], most_issues)

    def _setup(
        self, text: str, path: str, issues: list[RawIssue], most_issues: int = MOST_ISSUES
    ) -> None:
        self.path = path
        self.text = text
        self._lines = LineIndex(text)
        reader = Reader(text, most_issues)
        if not issues or text:
            self.value: Any = reader.read()
            issues = issues + reader.lexer.issues
        else:
            self.value = None
        self._root: Place | None = reader.place
        self.syntax_errors = tuple(self._placed(issue) for issue in issues)
        self.duplicates = tuple(
            DuplicateKey(
                found.pointer,
                found.key,
                self._lines.span(*found.first),
                self._lines.span(*found.again),
            )
            for found in reader.duplicates
        )

    @classmethod
    def from_bytes(
        cls, data: bytes, *, path: str = "Dockerrun.aws.json", size: int = 0
    ) -> Document:
        """Return the document of the bytes of a file; errors of encoding are syntax errors.

        ``size`` is the size of the file in bytes where ``data`` is only its beginning.
        """
        document = cls.__new__(cls)
        size = max(size, len(data))
        found = decode(data) if size <= LARGEST else Decoded("", [_too_large(size)])
        document._setup(found.text, path, found.issues)
        document.mark, document.is_exact = found.mark, found.is_exact
        return document

    @classmethod
    def from_value(cls, value: Any, *, path: str = "request") -> Document:
        """Return a document of a plain Python value: it has no text, and all stands at 1:1."""
        document = cls("null", path=path)
        document.text = ""
        document.value = value
        document._root = None
        return document

    @property
    def is_bundled(self) -> bool:
        """Whether the text is of a file in a source bundle, which cannot be written in place."""
        return self.beside is not None

    def span(self, pointer: str) -> Span:
        """Return the region of the value at a JSON pointer, or of the nearest thing around it."""
        place, _ = self._find(pointer)
        return self._lines.span(place.start, place.end) if place else ORIGIN

    def key_span(self, pointer: str) -> Span:
        """Return the region of the key of the member at a JSON pointer; of the value if no key."""
        place, exact = self._find(pointer)
        if place is None:
            return ORIGIN
        if exact and place.key_start >= 0:
            return self._lines.span(place.key_start, place.key_end)
        return self._lines.span(place.start, place.end)

    def opening_span(self, pointer: str) -> Span:
        """Return the region of the value's first character: the bracket of an object or array."""
        place, _ = self._find(pointer)
        return self._lines.span(place.start, min(place.start + 1, place.end)) if place else ORIGIN

    def has(self, pointer: str) -> bool:
        """Return whether there is something at the JSON pointer."""
        return self._find(pointer)[1]

    def is_null(self, pointer: str) -> bool:
        """Return whether ``null`` stands at the JSON pointer, in JSON's word or another's.

        Where a value is ``None`` and this is false, what stands there could not be read.
        """
        place, exact = self._find(pointer)
        return place is not None and exact and self.text[place.start : place.end] in NULLS

    def offset(self, position: tuple[int, ...]) -> int:
        """Return the offset in the text of a line and a column."""
        return self._lines.offset(position)

    def region(self, span: Span) -> str:
        """Return the text of a region."""
        return self.text[self._lines.offset(span[:2]) : self._lines.offset(span[2:])]

    def _placed(self, issue: RawIssue) -> SyntaxIssue:
        span = self._lines.span(issue.start, issue.end)
        return SyntaxIssue(issue.kind, issue.message, issue.fix, span, issue.replacement)

    def _find(self, pointer: str) -> tuple[Place | None, bool]:
        """Return the place at ``pointer`` or the nearest around it, and whether it is exact."""
        place = self._root
        if place is None or not pointer:
            return place, place is not None
        for step in pointer[1:].split("/"):
            inside = _step(place.inside, unescape(step))
            if inside is None:
                return place, False
            place = inside
        return place, True


def _step(inside: Any, step: str) -> Place | None:
    found: Place | None = None
    if isinstance(inside, dict):
        found = inside.get(step)
    elif isinstance(inside, list) and step.isdecimal() and int(step) < len(inside):
        found = inside[int(step)]
    return found


def _of_bundle(bundled: Bundled, path: str) -> Document:
    if not bundled.issues:
        document = Document.from_bytes(bundled.data, path=f"{path}/{NAME}")
    else:
        document = Document.__new__(Document)
        document._setup("", path, bundled.issues)
    document.beside = bundled.beside
    return document


def _too_large(size: int) -> RawIssue:
    message = f"The file has {size / 1024 / 1024:.1f} MiB and was not read."
    fix = "ECS takes task definitions of at most 64 KiB."
    return RawIssue("too-large", message, fix, 0, 0)


def load(path: str | os.PathLike[str]) -> Document:
    """Read a Dockerrun file.

    Of a source bundle, a ZIP archive, the file at its root is read. Raises `UnreadableFile` where
    it cannot be opened, or is a pipe that nobody may ever write to; what is in it is a document.
    """
    try:
        _refuse_named_pipe(Path(path))
        with Path(path).open("rb") as file:
            data = file.read(LARGEST + 1)
            size = max(os.fstat(file.fileno()).st_size, len(data))
        if data.startswith(ZIP) and (bundled := read_bundle(Path(path), LARGEST + 1)):
            return _of_bundle(bundled, os.fspath(path))
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnreadableFile(f"cannot read {os.fspath(path)}: {reason}") from error
    except ValueError as error:
        raise UnreadableFile(f"cannot read {os.fspath(path)!r}: {error}") from error
    return Document.from_bytes(data, path=os.fspath(path), size=size)


def _refuse_named_pipe(path: Path) -> None:
    if stat.S_ISFIFO(path.stat().st_mode) and not str(path).startswith(_DEVICES):
        raise UnreadableFile(f"cannot read {path}: it is a named pipe, not a file")
