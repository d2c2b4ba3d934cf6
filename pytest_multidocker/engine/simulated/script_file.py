"""Scripts in a file, TOML or JSON: a table ``containers.NAME`` for each container."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from ...errors import SettingsError
from ...project.settings_reader import Place, Reader, did_you_mean
from .script import Reaction, Script
from .signals import name_of

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found,unused-ignore]

_HEALTH = ("HEALTHY", "UNHEALTHY")
_LARGEST_EXIT_CODE = 255
_LARGEST_PORT = 65535
_IGNORED = "ignored"
_PAIR = 2


def read_scripts(file: Path, containers: Collection[str]) -> dict[str, Script]:
    """Return the scripts in a file by the names of containers, which have to be among these.

    Raises :class:`SettingsError` with file and line for what cannot be used.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be read: {error}.") from error
    value, place = _json(text, file) if file.suffix == ".json" else _toml(text, file)
    if not isinstance(value, dict):
        place.fail("there must be a table 'containers'.")
    reader = Reader(value, place)
    scripts = {}
    for name, sub in reader.tables("containers"):
        if name not in containers:
            known = f" The file has {', '.join(containers)}."
            hint = did_you_mean(name, containers) or known
            place.under("containers").under(name).fail(f"there is no container '{name}'.{hint}")
        scripts[name] = _script(sub, place.under("containers").under(name))
    reader.finish()
    return scripts


def _toml(text: str, file: Path) -> tuple[Any, Place]:
    try:
        return tomllib.loads(text), Place(str(file), text, ())
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file} is not TOML: {error}.") from error


def _json(text: str, file: Path) -> tuple[Any, Place]:
    from ...dockerrun import Document
    from ...dockerrun.source import escape

    try:
        value = json.loads(text)
    except ValueError as error:
        raise SettingsError(f"{file} is not JSON: {error}.") from error
    document = Document(text, path=str(file))

    def line(_text: str, path: tuple[str, ...]) -> int:
        return document.span("".join(f"/{escape(key)}" for key in path)).line

    return value, Place(str(file), text, (), line)


def _script(reader: Reader, place: Place) -> Script:
    default = Script()
    signals = {**default.signals, **_signals(reader)}
    script = Script(
        pull_delay=reader.number("pull_delay", default.pull_delay),
        create_delay=reader.number("create_delay", default.create_delay),
        start_delay=reader.number("start_delay", default.start_delay),
        pull_error=reader.optional_text("pull_error"),
        cached=reader.flag("cached"),
        create_error=reader.optional_text("create_error"),
        start_error=reader.optional_text("start_error"),
        stop_error=reader.optional_text("stop_error"),
        exit_after=reader.optional_number("exit_after"),
        exit_code=reader.whole("exit_code", default.exit_code, most=_LARGEST_EXIT_CODE),
        memory=_memory(reader, place.under("memory")),
        health=_health(reader, place.under("health")),
        signals={name: reaction for name, reaction in signals.items() if reaction is not None},
        stop_signal=_signal(reader.text("stop_signal", "SIGTERM"), place.under("stop_signal")),
        listens=_ports(reader, place.under("listens")),
    )
    reader.finish()
    return script


def _memory(reader: Reader, place: Place) -> tuple[tuple[float, float], ...]:
    value = reader.any("memory")
    if _is_number(value):
        return ((0.0, value),)
    return tuple(
        (second, mib)
        for second, mib in _pairs(value, place, "MiB")
        if _is_number(mib) or place.fail("'memory' must give MiB as numbers.")
    )


def _health(reader: Reader, place: Place) -> tuple[tuple[float, str], ...] | None:
    value = reader.any("health")
    if value is None:
        return None
    pairs = [(0.0, value)] if isinstance(value, str) else _pairs(value, place, "health")
    return tuple(
        (second, word)
        for second, word in pairs
        if word in _HEALTH or place.fail(f"'{word}' is neither of {', '.join(_HEALTH)}.")
    )


def _pairs(value: Any, place: Place, what: str) -> list[tuple[float, Any]]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(
        isinstance(pair, list) and len(pair) == _PAIR and _is_number(pair[0]) for pair in value
    ):
        place.fail(f"'{place.path[-1]}' must be a list of pairs: [second, {what}].")
    return [(second, found) for second, found in value]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _signals(reader: Reader) -> Mapping[str, Reaction | None]:
    found: dict[str, Reaction | None] = {}
    for name, value, place in reader.values("signals"):
        if value == _IGNORED:
            found[_signal(name, place)] = None
            continue
        if not isinstance(value, dict):
            place.fail(f'a reaction must be "{_IGNORED}", or a table with exit_code and after.')
        sub = Reader(value, place)
        code = sub.whole("exit_code", 0, most=_LARGEST_EXIT_CODE)
        found[_signal(name, place)] = Reaction(code, sub.number("after", 0.0))
        sub.finish()
    return found


def _signal(name: str, place: Place) -> str:
    try:
        return name_of(name)
    except ValueError:
        place.fail(f"there is no signal '{name}'.")


def _ports(reader: Reader, place: Place) -> tuple[int, ...] | None:
    value = reader.any("listens")
    if value is None:
        return None
    if not isinstance(value, list) or not all(
        isinstance(port, int) and 0 < port <= _LARGEST_PORT for port in value
    ):
        place.fail("'listens' must be a list of ports.")
    return tuple(value)
