"""The one combination of a GitHub ``strategy.matrix`` that is run here: the first. Pure.

Source: https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice, product
from json import JSONEncoder

from ..project.yaml_marks import Marked
from .expression import Context, NotEvaluated, Value, as_text, evaluate, interpolate, whole

_NOT_AXES = {"include", "exclude"}
_CONTEXT = Context(null=())
"""In a file that is only read, no context is known: what asks for one is not worked out."""
_CONSTANTS: dict[str, Value] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}|0x[0-9a-fA-F]{1,15}|0o[0-7]{1,20}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WIDTH = 60


def first_combination(marked: Marked) -> dict[str, Value]:
    """Return what ``matrix`` stands for in the first job that GitHub would start; may be empty."""
    matrix = _Plain().value(marked)
    if not isinstance(matrix, Mapping):
        return {}
    included, excluded = _mappings(matrix.get("include")), _mappings(matrix.get("exclude"))
    for original in _product(matrix):
        if not any(_contains(original, entry) for entry in excluded):
            return _extended(original, included)
    return dict(included[0]) if included else {}


def described(combination: Mapping[str, Value]) -> str:
    """Return a combination in words; values are shortened that would make the line too long."""
    return ", ".join(f"{axis}={_short(value)}" for axis, value in combination.items())


class _Plain:
    """Turns what is marked into plain values, each once: aliases may stand for billions of them."""

    def __init__(self) -> None:
        self._known: dict[int, Value] = {}

    def value(self, marked: Marked) -> Value:
        if isinstance(marked.value, str):
            return _scalar(marked.text) if marked.plain else _worked_out(marked.text)
        key = id(marked.value)
        if key not in self._known:
            self._known[key] = self._collection(marked)
        return self._known[key]

    def _collection(self, marked: Marked) -> Value:
        if isinstance(marked.value, list):
            return [self.value(entry) for entry in marked.value]
        return {key.text: self.value(value) for key, value in marked.items()}


def _scalar(text: str) -> Value:
    """Return the value of a text without quotes, by the core schema of YAML 1.2, as on GitHub.

    It matters: the text ``false`` would be true in a condition, and 3.10 is written as 3.1.
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return int(text, 0 if text[:2] in {"0x", "0o"} else 10)
    return float(text) if _FLOAT.fullmatch(text) else _worked_out(text)


def _worked_out(text: str) -> Value:
    """Return the value of a text with expressions; the text itself where they cannot be known."""
    expression = whole(text)
    try:
        return interpolate(text, _CONTEXT) if expression is None else evaluate(expression, _CONTEXT)
    except NotEvaluated:
        return text


def _product(matrix: Mapping[str, Value]) -> Iterator[dict[str, Value]]:
    """Yield the combinations of the axes in the order of GitHub: the last axis changes first."""
    axes = {name: _values(found) for name, found in matrix.items() if name not in _NOT_AXES}
    axes = {name: values for name, values in axes.items() if values}
    if axes:
        for values in product(*axes.values()):
            yield dict(zip(axes, values, strict=True))


def _values(axis: Value) -> list[Value]:
    """Return the values of an axis; a mapping is none, and refused by GitHub."""
    if isinstance(axis, list):
        return axis
    return [] if isinstance(axis, Mapping) else [axis]


def _mappings(entries: Value) -> list[Mapping[str, Value]]:
    """Return the entries of ``include`` or ``exclude``; those without any pair say nothing."""
    found = entries if isinstance(entries, list) else []
    return [entry for entry in found if entry and isinstance(entry, Mapping)]


def _extended(original: dict[str, Value], included: list[Mapping[str, Value]]) -> dict[str, Value]:
    """Return a combination with all entries that overwrite none of its original values.

    What one entry has added, a later one may overwrite.
    """
    found = dict(original)
    for entry in included:
        if all(name not in original or _same(original[name], entry[name]) for name in entry):
            found |= entry
    return found


def _contains(value: Value, wanted: Value) -> bool:
    """Return whether a value has all pairs of another; of objects, an exclude may name a part."""
    if isinstance(value, Mapping) and isinstance(wanted, Mapping):
        return all(key in value and _contains(value[key], wanted[key]) for key in wanted)
    if isinstance(value, list) and isinstance(wanted, list):
        return len(value) == len(wanted) and all(map(_contains, value, wanted))
    if isinstance(value, list | Mapping) or isinstance(wanted, list | Mapping):
        return False
    return as_text(value) == as_text(wanted)


def _same(value: Value, other: Value) -> bool:
    return _contains(value, other) and _contains(other, value)


def _short(value: Value) -> str:
    """Return a value as a text; of an object only so much is written as is shown."""
    if not isinstance(value, list | Mapping):
        return as_text(value)
    text = "".join(islice(JSONEncoder(ensure_ascii=False).iterencode(value), _WIDTH + 1))
    return (text if len(text) <= _WIDTH else f"{text[:_WIDTH]}…").replace('"', "")
