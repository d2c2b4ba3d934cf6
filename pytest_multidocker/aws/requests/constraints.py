"""What a request has against the constraints of its operation's model. Pure.

The words are those of the framework that AWS's services are built on, for all of which `Common
Errors <https://docs.aws.amazon.com/elasticbeanstalk/latest/api/CommonErrors.html>`_ has the code
ValidationError: "1 validation error detected: Value 'x' at 'severity' failed to satisfy constraint:
Member must satisfy enum value set: [...]".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from functools import cache
from typing import Any

_NULL = "Member must not be null"


@dataclass(frozen=True)
class Problem:
    """One constraint that is not satisfied: where, by what value, and which.

    ``path`` are the names of the members that lead to it, those of lists' entries among them;
    ``value`` is ``None`` where there is none.
    """

    path: tuple[str, ...]
    value: Any
    constraint: str
    is_secret: bool = False

    @property
    def is_top_level(self) -> bool:
        """Whether it is about a parameter of the operation itself."""
        return len(self.path) == 1

    def __str__(self) -> str:
        place = ".".join(step[:1].lower() + step[1:] for step in self.path)
        return f"Value{self._shown()} at '{place}' failed to satisfy constraint: {self.constraint}"

    def _shown(self) -> str:
        if self.value is None:
            return " null"
        if self.is_secret:
            return ""
        shown = f"[{', '.join(map(str, self.value))}]" if _is_list(self.value) else self.value
        return f" '{shown}'"


def problems(shape: Any, value: Any, path: tuple[str, ...] = ()) -> Iterator[Problem]:
    """Yield what is wrong with a value of a shape of botocore's."""
    if shape.type_name == "structure":
        yield from _of_members(shape, value, path)
    elif shape.type_name == "list":
        yield from _of_entries(shape, value, path)
    elif shape.type_name == "map":
        for key, entry in value.items():
            yield from problems(shape.value, entry, (*path, str(key)))
    else:
        is_secret = bool(shape.metadata.get("sensitive"))
        yield from (Problem(path, value, text, is_secret) for text in _unsatisfied(shape, value))


def _of_members(shape: Any, value: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Problem]:
    required = shape.metadata.get("required", ())
    for name, member in shape.members.items():
        if value.get(name) is not None:
            yield from problems(member, value[name], (*path, name))
        elif name in required:
            yield Problem((*path, name), None, _NULL)


def _of_entries(shape: Any, value: Sequence[Any], path: tuple[str, ...]) -> Iterator[Problem]:
    yield from (Problem(path, value, text) for text in _unsatisfied(shape, value))
    if shape.member.type_name in {"structure", "list", "map"}:
        for number, entry in enumerate(value, 1):
            yield from problems(shape.member, entry, (*path, str(number), "member"))
        return
    told = dict.fromkeys(text for entry in value for text in _unsatisfied(shape.member, entry))
    if told:
        yield Problem(path, value, f"Member must satisfy constraint: [{', '.join(told)}]")


def _unsatisfied(shape: Any, value: Any) -> Iterator[str]:
    """Yield the constraints on the value itself that it does not satisfy."""
    known = shape.metadata
    if isinstance(value, int | float):
        size, what = value, "value"
    elif isinstance(value, Sized):
        size, what = len(value), "length"
    else:  # a time, of which no model says more
        return
    if size < known.get("min", size):
        yield f"Member must have {what} greater than or equal to {known['min']}"
    if size > known.get("max", size):
        yield f"Member must have {what} less than or equal to {known['max']}"
    if not isinstance(value, str):
        return
    if "enum" in known and value not in known["enum"]:
        yield f"Member must satisfy enum value set: [{', '.join(known['enum'])}]"
    if not _matches(known.get("pattern"), value):
        yield f"Member must satisfy regular expression pattern: {known['pattern']}"


def _matches(pattern: str | None, value: str) -> bool:
    compiled = _compiled(pattern) if pattern else None
    return compiled is None or compiled.fullmatch(value) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """Return a pattern of Java's; ``None`` for one that Python has no such classes for."""
    try:
        return re.compile(pattern)
    except re.error:
        return None


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)
