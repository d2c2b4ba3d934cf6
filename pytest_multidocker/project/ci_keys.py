"""AWS keys that stand in CI files in clear text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .ci import ci_files, deploys, root_of
from .yaml_marks import Marked

_ID = re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")
_SECRET_NAME = "AWS_SECRET_ACCESS_KEY"  # noqa: S105 - the name of a variable
_SECRET = re.compile(r"[0-9A-Za-z/+]{40}")
_ASSIGNED = re.compile(rf"\b{_SECRET_NAME}=[\"']?({_SECRET.pattern})(?![0-9A-Za-z/+])")


class ClearKey(NamedTuple):
    """A key, or its secret: what it is, and its place."""

    name: str
    file: Path
    line: int
    column: int
    length: int


def clear_keys(folder: Path) -> list[ClearKey]:
    """Return the keys in the CI files of a project, each place once.

    In a deploy's options whatever is no variable is one; elsewhere what looks like one, since
    tests of a local AWS are given keys such as ``test``, or those of AWS's own documentation.
    """
    found: dict[tuple[Path, int, int], ClearKey] = {}
    for key in (*_of_deploys(folder), *_of_files(folder)):
        found.setdefault((key.file, key.line, key.column), key)
    return list(found.values())


def _of_deploys(folder: Path) -> Iterator[ClearKey]:
    for deploy in deploys(folder):
        for name in deploy.secrets:
            given = deploy.options.get(name)
            if given is not None and given.text and "$" not in given.text:
                length = len(given.text)
                yield ClearKey(name, deploy.file, given.line, given.column, length)


def _of_files(folder: Path) -> Iterator[ClearKey]:
    for file in ci_files(folder):
        root = root_of(file, "AKIA", "ASIA", _SECRET_NAME)
        for scalar in root.scalars() if root is not None else ():
            yield from _of_text(file, scalar)
        for key, value in root.pairs() if root is not None else ():
            looks_real = _SECRET.fullmatch(value.text) and not _is_example(value.text)
            if key.text == _SECRET_NAME and looks_real:
                yield ClearKey(key.text, file, value.line, value.column, len(value.text))


def _of_text(file: Path, scalar: Marked) -> Iterator[ClearKey]:
    for offset, line in enumerate(scalar.text.splitlines()):
        number = scalar.first_line + offset
        column = scalar.column if number == scalar.line else 1
        if (found := _ID.search(line)) and not _is_example(found[0]):
            yield ClearKey("AWS access key id", file, number, column, len(found[0]))
        if (found := _ASSIGNED.search(line)) and not _is_example(found[1]):
            yield ClearKey(_SECRET_NAME, file, number, column, len(found[0]))


def _is_example(key: str) -> bool:
    return key.endswith(("EXAMPLE", "EXAMPLEKEY"))
