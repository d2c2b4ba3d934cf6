"""Where in a TOML text a key stands: the parsers of the standard library do not say."""

from __future__ import annotations

import re

_TABLE = re.compile(r"^\s*\[+\s*(?P<path>[^\]]+?)\s*\]+\s*(?:#.*)?$")
_KEY = re.compile(
    r"""^\s*(?P<path>(?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")


def line_of(text: str, path: tuple[str, ...]) -> int | None:
    """Return the line (from 1) of the key at ``path``, or of its nearest parent that has one.

    A key inside an inline table counts as standing where that table begins.
    """
    best: tuple[int, int] | None = None
    for number, key in _keys(text):
        found = key[: len(path)]  # [a.b] is where a begins, too
        depth = len(found)
        if found == path[:depth] and (best is None or depth > best[0]):
            best = depth, number
    return best[1] if best else None


def _keys(text: str) -> list[tuple[int, tuple[str, ...]]]:
    found: list[tuple[int, tuple[str, ...]]] = []
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if match := _TABLE.match(line):
            table = _parts(match["path"])
            found.append((number, table))
        elif match := _KEY.match(line):
            found.append((number, table + _parts(match["path"])))
    return found


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(path))
