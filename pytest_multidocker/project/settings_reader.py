"""Reading a table of settings key by key, with errors that name the key's place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NoReturn

from ..errors import SettingsError
from .toml_lines import line_of

_KINDS = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "a table",
}


LARGEST_PORT = 65535
_PORTS = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?", re.ASCII)

_TABLE = 2
"""How many keys name the table that messages show: ``tool.multidocker``, ``containers.web``."""

Lines = Callable[[str, tuple[str, ...]], int | None]
"""Returns the line at which a key stands in a text."""


class Place:
    """A table of a settings file: what messages about its keys begin with.

    ``lines`` finds a key in the text, which is TOML unless it says else.
    """

    def __init__(
        self, source: str, text: str, path: tuple[str, ...], lines: Lines = line_of
    ) -> None:
        self._source = source
        self._text = text
        self._lines = lines
        self.path = path

    def under(self, key: str) -> Place:
        """Return the place of the table, or of the value, under ``key``."""
        return Place(self._source, self._text, (*self.path, key), self._lines)

    def fail(self, problem: str) -> NoReturn:
        """Raise :class:`SettingsError` with file, line and ``problem``."""
        line = self._lines(self._text, self.path)
        where = self._source if line is None else f"{self._source}:{line}"
        table = f"[{'.'.join(self.path[:_TABLE])}] " if len(self.path) > _TABLE else ""
        raise SettingsError(f"{where}: {table}{problem}")

    @property
    def name(self) -> str:
        """The key as one writes it in its table, such as ``[tool.multidocker]``."""
        return ".".join(self.path[_TABLE:] or self.path)


class Reader:
    """Takes typed values out of a table and, at the end, complains of keys nobody asked for."""

    def __init__(self, table: Mapping[str, Any], place: Place) -> None:
        self._table = table
        self._place = place
        self._known: list[str] = []

    def text(self, key: str, default: str) -> str:
        """Return a text that is not empty."""
        value: str = self._get(key, str, default)
        if not value:
            self._place.under(key).fail(f"'{self._full(key)}' is empty.")
        return value

    def optional_text(self, key: str) -> str | None:
        """Return a text, or ``None`` where the key is not there."""
        return self.text(key, "") if key in self._table else self._get(key, str, None)

    def whole(self, key: str, default: int, *, least: int = 0, most: int | None = None) -> int:
        """Return a whole number between ``least`` and ``most``."""
        value: int = self._get(key, int, default)
        if value < least or (most is not None and value > most):
            limits = f"at least {least}" if most is None else f"between {least} and {most}"
            self._place.under(key).fail(f"'{self._full(key)}' must be {limits}, not {value}.")
        return value

    def number(self, key: str, default: float) -> float:
        """Return a number, whole or not, that is not negative."""
        value = self.optional_number(key)
        return default if value is None else value

    def optional_number(self, key: str) -> float | None:
        """Return a number that is not negative, or ``None`` where the key is not there."""
        kind = int if type(self._table.get(key)) is int else float
        value: float | None = self._get(key, kind, None)
        if value is not None and not 0 <= value < float("inf"):
            self._place.under(key).fail(f"'{self._full(key)}' must be at least 0, not {value}.")
        return value

    def flag(self, key: str) -> bool:
        """Return true or false; false where the key is not there."""
        value: bool = self._get(key, bool, default=False)
        return value

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        """Return one of ``choices``; the first is the default."""
        value = self.text(key, choices[0])
        if value not in choices:
            self._place.under(key).fail(
                f"'{self._full(key)}' must be one of {', '.join(choices)}, not '{value}'."
                + did_you_mean(value, choices)
            )
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        values: list[Any] = self._get(key, list, [])
        if not all(isinstance(value, str) for value in values):
            self._place.under(key).fail(f"'{self._full(key)}' must hold texts only.")
        return tuple(values)

    def optional_texts(self, key: str) -> tuple[str, ...] | None:
        """Return a list of texts, or ``None`` where the key is not there."""
        found = self.texts(key)
        return found if key in self._table else None

    def optional_ports(self, key: str) -> tuple[int, int] | None:
        """Return the first and the last port of a text such as ``5432-6379``, or of one port."""
        if (text := self.optional_text(key)) is None:
            return None
        found = _PORTS.fullmatch(text)
        low, high = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not 0 < low <= high <= LARGEST_PORT:
            self._place.under(key).fail(
                f"'{self._full(key)}' must be ports such as '5432-6379', not '{text}'."
            )
        return low, high

    def mapping(self, key: str) -> dict[str, str]:
        """Return a table of texts; numbers in it become texts."""
        found: dict[str, str] = {}
        for name, value in self._get(key, dict, {}).items():
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                self._place.under(key).under(name).fail(
                    f"'{self._full(key)}.{name}' must be a text, not {_kind(value)}."
                )
            found[name] = str(value)
        return found

    def tables(self, key: str) -> Iterator[tuple[str, Reader]]:
        """Yield name and reader of each table in the table ``key``."""
        for name, value in self._get(key, dict, {}).items():
            place = self._place.under(key).under(name)
            if not isinstance(value, dict):
                place.fail(f"'{place.name}' must be a table, not {_kind(value)}.")
            yield name, Reader(value, place)

    def table(self, key: str) -> Reader:
        """Return the reader of the table ``key``; of an empty one where it is not there."""
        value: dict[str, Any] = self._get(key, dict, {})
        return Reader(value, self._place.under(key))

    def values(self, key: str) -> Iterator[tuple[str, Any, Place]]:
        """Yield name, value of any type, and place of each entry of the table ``key``."""
        for name, value in self._get(key, dict, {}).items():
            yield name, value, self._place.under(key).under(name)

    def any(self, key: str) -> Any:
        """Return the value as it stands, or ``None`` where the key is not there."""
        self._known.append(key)
        return self._table.get(key)

    def finish(self) -> None:
        """Raise :class:`SettingsError` for the first key that was not read."""
        for key in self._table:
            if key not in self._known:
                self._place.under(key).fail(
                    f"there is no setting '{self._full(key)}'."
                    + (did_you_mean(key, self._known) or f" Known: {', '.join(self._known)}.")
                )

    def _full(self, key: str) -> str:
        return self._place.under(key).name

    def _get(self, key: str, kind: type, default: Any) -> Any:
        self._known.append(key)
        value = self._table.get(key, default)
        wrong = not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)
        if key in self._table and wrong:
            self._place.under(key).fail(
                f"'{self._full(key)}' must be {_KINDS[kind]}, not {_kind(value)}."
            )
        return value


def did_you_mean(word: str, known: Collection[str]) -> str:
    """Return `` Did you mean 'x'?`` for the nearest known word, or an empty text."""
    near = difflib.get_close_matches(word, known, n=1)
    return f" Did you mean '{near[0]}'?" if near else ""


def _kind(value: object) -> str:
    return _KINDS.get(type(value), "a date or time")
