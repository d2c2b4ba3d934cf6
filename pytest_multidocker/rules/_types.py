"""What MD030 and MD031 share: values against the types of their shapes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from ..dockerrun._parse import integer
from ..dockerrun.shapes import Node, walk
from ..dockerrun.shown import shown

if TYPE_CHECKING:
    from ._context import Context

_WANTED = {
    "integer": "an integer",
    "string": "a string",
    "boolean": "true or false",
    "list": "an array",
    "map": "an object",
    "structure": "an object",
    "port": "a port number",
    "loose": '"true" or "false"',
}
_SCALARS = {"integer", "string", "boolean", "port", "loose"}


class Verdict(Enum):
    """Whether a value is of its type."""

    RIGHT = 1
    CONVERTED = 2
    WRONG = 3


class Judged(NamedTuple):
    """A value and how it stands to its type."""

    node: Node
    verdict: Verdict
    subject: str
    wanted: str
    given: str
    fix: str
    replacement: str | None

    @property
    def is_scalar(self) -> bool:
        """Whether a single value is asked for, no array or object."""
        return self.node.shape["type"] in _SCALARS


def verdicts(context: Context) -> Iterator[Judged]:
    """Yield the values that are not of their type; the version has rules of its own."""
    for node in context.nodes:
        if node.value is None and not context.document.is_null(node.pointer):
            continue  # it could not be read, which is a finding of its own
        kind = node.shape["type"]
        verdict = _verdict(kind, node.value)
        if verdict is not Verdict.RIGHT and node.key != "AWSEBDockerrunVersion":
            subject = _subject(node)
            given = _given(node.value)
            right = _right(kind, node)
            sure = verdict is Verdict.CONVERTED or isinstance(right, list)
            if node.key in {"command", "entryPoint"} and not _is_plain(node.value):
                sure = False
            replacement = json.dumps(right, ensure_ascii=False) if sure else None
            fix = _fix(kind, node, right)
            yield Judged(node, verdict, subject, _WANTED[kind], given, fix, replacement)


def fits(value: Any, name: str) -> bool:
    """Return whether the value, and all in it, can be read by the shape of that name."""
    return all(
        isinstance(found, Node) and _verdict(found.shape["type"], found.value) is not Verdict.WRONG
        for found in walk(value, name)
    )


def _verdict(kind: str, value: Any) -> Verdict:
    if kind in {"structure", "map"}:
        right = isinstance(value, dict)
    elif kind == "list":
        right = isinstance(value, list)
    elif isinstance(value, dict | list):
        right = False
    else:
        return _scalar_verdict(kind, value)
    return Verdict.RIGHT if right else Verdict.WRONG


def _scalar_verdict(kind: str, value: Any) -> Verdict:
    if value is None:
        return Verdict.WRONG
    if kind == "loose":
        return Verdict.RIGHT if isinstance(value, str | bool) else Verdict.WRONG
    if kind == "string":
        return Verdict.RIGHT if isinstance(value, str) else Verdict.CONVERTED
    if kind == "boolean":
        right = isinstance(value, bool)
        readable = isinstance(value, str) and value.lower() in {"true", "false"}
    else:
        readable = integer(value) is not None
        right = readable and (kind == "port" or isinstance(value, int))
    if right:
        return Verdict.RIGHT
    return Verdict.CONVERTED if readable else Verdict.WRONG


def _subject(node: Node) -> str:
    step = node.pointer.rpartition("/")[2]
    if step == node.key or not step.isdecimal():
        return f"'{shown(step)}'"
    return f"Entry {int(step) + 1} of '{node.key}'" if node.key else "The file"


def _given(value: Any) -> str:
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "an array"
    return shown(json.dumps(value), 40)


def _right(kind: str, node: Node) -> Any:
    """Return the value that was most likely meant, or ``None``."""
    value = node.value
    if value is None:
        return None
    if kind == "list" and isinstance(value, str):
        return _words(value) if node.key in {"command", "entryPoint"} else [value]
    if kind == "string" and not isinstance(value, dict | list):
        return json.dumps(value)
    if kind in {"integer", "port"}:
        return int(value) if isinstance(value, float) else integer(value)
    if kind == "boolean" and str(value).lower() in {"true", "false"}:
        return str(value).lower() == "true"
    return None


def _fix(kind: str, node: Node, right: Any) -> str:
    if kind == "list" and isinstance(node.value, dict):
        return "Put it between [ and ]."
    return (
        f"Write {shown(json.dumps(right), 80)}." if right is not None else f"Write {_WANTED[kind]}."
    )


def _is_plain(command: Any) -> bool:
    """Whether a command line needs no shell, so that its words say the same."""
    return not isinstance(command, str) or not set(command) & set("|&;<>()$`\\\"'*?[]#~=%!{}\n")


def _words(command: str) -> list[str]:
    import shlex

    try:
        return shlex.split(command)
    except ValueError:
        return ["sh", "-c", command]
