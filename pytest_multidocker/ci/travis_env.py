"""The variables that a ``.travis.yml`` sets. Pure.

Source: https://docs.travis-ci.com/user/environment-variables/.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field

from ..project.travis_jobs import jobs_of
from ..project.yaml_marks import Marked

_NAME = re.compile(r"(?:^|\s)(\w+)=")


@dataclass
class Variables:
    """The variables of one job, as what a shell runs to have them."""

    lines: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    secure: set[str] = field(default_factory=set)
    """Those whose values only Travis CI can decrypt."""
    encrypted: bool = False
    """Whether there are others whose names are encrypted as well."""
    left_out: bool = False
    """Whether there are more jobs that differ in these."""

    @property
    def exports(self) -> str:
        """The commands; values are a shell's words, as they are in Travis CI."""
        return " && ".join(self.lines)

    def add(self, entry: Marked) -> None:
        """Add ``NAME=value NAME=value``, or a mapping."""
        if entry.text:
            self.names |= set(_NAME.findall(_unquoted(entry.text)))
            self.lines.append(f"export {entry.text}")
        for name, value in entry.items():
            if name.text == "secure":
                self.encrypted = True
            elif value.get("secure") is not None:
                self.names.add(name.text)
                self.secure.add(name.text)
            else:
                self.names.add(name.text)
                quoted = re.sub(r'(["\\`])', r"\\\1", value.text)
                self.lines.append(f'export {name.text}="{quoted}"')


def read_variables(root: Marked | None, own: Marked | None, *, is_root: bool) -> Variables:
    """Return the variables of a job: those of all jobs, and its own or the first of the matrix.

    ``root`` is the ``env`` of the file, ``own`` that of an included job.
    """
    found = Variables()
    everywhere = root.get("global") if root is not None else None
    for entry in _entries(everywhere):
        found.add(entry)
    if root is not None and (is_root or own is None):
        matrix = jobs_of(root)
        only_global = everywhere is not None or matrix is not None
        entries = _entries(matrix) if only_global else _entries(root)
        _first(found, entries)
    elif own is not None:
        for entry in _entries(own):
            found.add(entry)
    return found


def _first(found: Variables, entries: list[Marked]) -> None:
    """Add the first entry of a matrix; encrypted ones belong to every job of it."""
    plain = [entry for entry in entries if entry.get("secure") is None]
    for entry in [*(e for e in entries if e not in plain), *plain[:1]]:
        found.add(entry)
    found.left_out = len(plain) > 1


def _entries(marked: Marked | None) -> list[Marked]:
    if marked is None:
        return []
    return marked.entries() or [marked]


def _unquoted(text: str) -> str:
    """Return a text without what its quotes hold, where a ``=`` sets nothing."""
    try:
        return " ".join(word.partition("=")[0] + "=" for word in shlex.split(text))
    except ValueError:  # the shell will say so
        return text
