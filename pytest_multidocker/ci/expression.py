"""The expressions of GitHub workflows: ``${{ ... }}`` and what stands behind ``if:``.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/expressions. Values are
``None``, booleans, numbers, texts, and lists and mappings of these. Pure: what a name stands for,
and what has failed so far, the caller says.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

Value = Any
"""``None``, a bool, a float, a str, or a list or mapping of these."""

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?(?:0x[0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?))"
    r"|(?P<name>[A-Za-z_][\w-]*)|(?P<sign>&&|\|\||[=!<>]=|[!<>().,*\[\]]))"
)
_MARKED = re.compile(
    r"\$\{\{((?:[^'}]|'[^']*'|\}(?!\}))*(?=\}\})"  # a }} in quotes is not the end
    r"|.*?)\}\}",  # where a quote is not closed, it is: what cannot be read shall be told
    re.DOTALL,
)
_STATUS = {"success", "failure", "always", "cancelled"}
_ALL = object()
"""The key ``*``; a text in brackets that is a star is a name like any other."""
_CONSTANTS: dict[str, Value] = {"true": True, "false": False, "null": None}


class NotEvaluated(Exception):  # noqa: N818 - the name says what is the case
    """An expression that cannot be worked out here; the text says which part of it and why."""


@dataclass(frozen=True)
class Context:
    """What an expression may ask for.

    ``names`` has the contexts (``github``, ``env`` …) as nested mappings. What is missing there is
    null, as on GitHub, below the names in ``null``, and cannot be known here below any other and
    below those in ``unknown``. ``success`` and ``failure`` are what these functions return.
    """

    names: Mapping[str, Value] = field(default_factory=dict)
    null: Collection[str] = ("env", "secrets", "vars", "needs", "steps", "matrix")
    unknown: Collection[str] = ()
    success: bool = True
    failure: bool = False


def evaluate(text: str, context: Context) -> Value:
    """Return the value of an expression; raises :class:`NotEvaluated`."""
    try:
        return _Parser(text, context).whole()
    except RecursionError:
        raise NotEvaluated(f"{text.strip()}: it is nested too deep") from None


def holds(condition: str, context: Context) -> bool:
    """Return whether what stands behind an ``if:`` is true; raises :class:`NotEvaluated`.

    A condition that does not ask for the status holds only where nothing has failed.
    """
    if not asks_for_status(condition) and not context.success:
        return False
    found = whole(condition)
    if found is None and _MARKED.search(condition):
        return truth(interpolate(condition, context))  # a text with values in it, so never empty
    return truth(evaluate(condition if found is None else found, context))


def asks_for_status(condition: str) -> bool:
    """Return whether a condition calls ``success()``, ``failure()``, ``always()`` or the like."""
    outside = re.sub(r"'(?:[^']|'')*'", "''", condition)
    return any(found in _STATUS for found in re.findall(r"(\w+)\s*\(", outside.lower()))


def whole(text: str) -> str | None:
    """Return the expression that a text consists of, without its marks; ``None`` if it has more."""
    stripped = text.strip()
    found = _MARKED.match(stripped)  # not fullmatch, which would look for another end
    return found[1].strip() if found and found.end() == len(stripped) else None


def expressions(text: str) -> list[str]:
    """Return the expressions in a text, without their marks."""
    return [found[1].strip() for found in _MARKED.finditer(text)]


def interpolate(text: str, context: Context) -> str:
    """Return a text with the values of its ``${{ ... }}``; raises :class:`NotEvaluated`."""
    return _MARKED.sub(lambda found: as_text(evaluate(found[1], context)), text)


def truth(value: Value) -> bool:
    """Return whether a value counts as true: null, 0, the empty text and NaN do not."""
    return bool(value) and not (isinstance(value, float) and math.isnan(value))


def as_text(value: Value) -> str:
    """Return a value as GitHub writes it into a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.15g}"
    return value if isinstance(value, str) else json.dumps(value)


class _Parser:
    """Reads an expression and works it out on the way.

    ``_dead`` counts the branches around what is read that have been decided already, as the right
    side of ``false && …``: nothing is asked for in these.
    """

    def __init__(self, text: str, context: Context) -> None:
        self._text = text.strip()
        self._context = context
        self._tokens = self._split()
        self._at = 0
        self._dead = 0

    def whole(self) -> Value:
        value = self._or()
        if self._peek() is not None:
            self._fail("it cannot be read")
        return value

    def _split(self) -> list[tuple[str, str]]:
        tokens, at = [], 0
        while at < len(self._text):
            found = _TOKEN.match(self._text, at)
            if found is None or found.lastgroup is None:
                self._fail("it cannot be read")
            tokens.append((found.lastgroup, found[found.lastgroup]))
            at = found.end()
        return tokens

    def _fail(self, why: str) -> NoReturn:
        raise NotEvaluated(f"{self._text}: {why}")

    def _peek(self) -> str | None:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else None

    def _take(self, *signs: str) -> str | None:
        """Return the next token and go on, if it is one of these."""
        if self._at < len(self._tokens) and self._tokens[self._at] in {("sign", s) for s in signs}:
            self._at += 1
            return self._tokens[self._at - 1][1]
        return None

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            self._fail(f"a '{sign}' is missing")

    def _or(self) -> Value:
        value = self._and()
        while self._take("||"):
            value = self._either(value, self._and, decided=truth(value))
        return value

    def _and(self) -> Value:
        value = self._comparison()
        while self._take("&&"):
            value = self._either(value, self._comparison, decided=not truth(value))
        return value

    def _either(self, value: Value, read: Callable[[], Value], *, decided: bool) -> Value:
        self._dead += decided
        other = read()
        self._dead -= decided
        return value if decided else other

    def _comparison(self) -> Value:
        value = self._unary()
        while sign := self._take("==", "!=", "<=", ">=", "<", ">"):
            value = _compare(sign, value, self._unary())
        return value

    def _unary(self) -> Value:
        if self._take("!"):
            return not truth(self._unary())
        return self._primary()

    def _primary(self) -> Value:
        if self._take("("):
            value = self._or()
            self._expect(")")
            return self._walk(value, self._keys())
        if self._at >= len(self._tokens):
            self._fail("it ends too early")
        kind, token = self._tokens[self._at]
        self._at += 1
        if kind == "text":
            return token[1:-1].replace("''", "'")
        if kind == "number":
            return float(int(token, 16)) if "0x" in token else float(token)
        if kind != "name":
            self._fail("it cannot be read")
        if token.lower() in _CONSTANTS and self._peek() not in {".", "["}:
            return _CONSTANTS[token.lower()]
        if self._take("("):
            return self._walk(self._call(token), self._keys())
        keys = self._keys()
        return None if self._dead else self._look_up(token, keys)

    def _call(self, name: str) -> Value:
        arguments: list[Value] = []
        while not self._take(")"):
            if arguments:
                self._expect(",")
            arguments.append(self._or())
        if self._dead:
            return None
        given = name.lower()
        if given in _STATUS:
            asked = {"success": self._context.success, "failure": self._context.failure}
            return asked.get(given, given == "always")
        try:
            return _FUNCTIONS[given](*arguments)
        except KeyError:
            self._fail(f"{name}() is not known here")
        except (TypeError, ValueError, IndexError) as error:
            self._fail(f"{name}(): {error}")

    def _keys(self) -> list[Value]:
        """Return what follows a value in dots and brackets: names, indices, ``*``."""
        keys: list[Value] = []
        while sign := self._take(".", "["):
            if sign == "[":
                keys.append(_ALL if self._take("*") else self._or())
                self._expect("]")
            elif self._at < len(self._tokens):
                key = self._tokens[self._at][1]
                keys.append(_ALL if key == "*" else key)
                self._at += 1
        return keys

    def _walk(self, value: Value, keys: Sequence[Value]) -> Value:
        for key in keys:
            value = _filter(value) if key is _ALL else _entry(value, key)
        return value

    def _look_up(self, root: str, keys: Sequence[Value]) -> Value:
        name = ".".join([root, *("*" if key is _ALL else as_text(key) for key in keys)])
        if _below(name, self._context.unknown):
            self._fail(f"{name} is not known here")
        value = self._walk(self._context.names.get(root.lower()), keys)
        if value is None and not _below(name, self._context.null):
            self._fail(f"{name} is not known here")
        return value


def _below(name: str, places: Collection[str]) -> bool:
    return any(f"{name}.".lower().startswith(f"{place}.".lower()) for place in places)


class _Filtered(list[Value]):
    """What a filter ``.*`` has made: what is asked of it is asked of each of its items."""


def _filter(value: Value) -> Value:
    """Return the entries of a list or mapping; of what a filter has made, those of all items."""
    if isinstance(value, _Filtered):
        return _Filtered(entry for item in value for entry in _filter(item) or ())
    if isinstance(value, Mapping):
        return _Filtered(value.values())
    return _Filtered(value) if isinstance(value, list) else None


def _entry(value: Value, key: Value) -> Value:
    """Return an entry of a mapping, where case does not count, or of a list."""
    if isinstance(value, _Filtered):
        return _Filtered(found for item in value if (found := _entry(item, key)) is not None)
    if isinstance(value, list):
        return _item(value, key)
    if not isinstance(value, Mapping):
        return None
    name = as_text(key)
    if name in value:
        return value[name]
    return next((found for other, found in value.items() if other.lower() == name.lower()), None)


def _item(items: list[Value], key: Value) -> Value:
    """Return an item of a list; there is none before the first, nor behind the last."""
    index = _number(key)
    return items[int(index)] if 0 <= index < len(items) else None


def _compare(sign: str, left: Value, right: Value) -> bool:
    """Compare as GitHub does: texts without regard to case, values of two types as numbers."""
    if isinstance(left, str) and isinstance(right, str):
        left, right = left.lower(), right.lower()
    elif type(left) is not type(right):
        left, right = _number(left), _number(right)
    if sign in {"==", "!="}:
        return bool((left == right) == (sign == "=="))
    if left is None or isinstance(left, list | dict):
        return False
    found: bool = {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[
        sign
    ]
    return found


def _number(value: Value) -> float:
    try:
        return float(value or 0)
    except (TypeError, ValueError):
        return float("nan")


def _contains(where: Value, what: Value) -> bool:
    if isinstance(where, list):
        return any(_compare("==", item, what) for item in where)
    return as_text(what).lower() in as_text(where).lower()


def _format(text: str, *values: Value) -> str:
    return re.sub(r"\{(\d+)\}", lambda found: as_text(values[int(found[1])]), text)


def _join(values: Value, separator: str = ",") -> str:
    return separator.join(map(as_text, values if isinstance(values, list) else [values]))


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "contains": _contains,
    "startswith": lambda text, start: as_text(text).lower().startswith(as_text(start).lower()),
    "endswith": lambda text, end: as_text(text).lower().endswith(as_text(end).lower()),
    "format": _format,
    "join": _join,
    "tojson": lambda value: json.dumps(value, indent=2),
    "fromjson": json.loads,
}
