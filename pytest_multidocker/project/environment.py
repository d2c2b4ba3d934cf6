"""Environment properties whose values refer to managed resources, such as ``${rds.ID.address}``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..errors import SettingsError
from .settings_reader import did_you_mean

_REFERENCE = re.compile(r"\$(?P<escaped>\$\{)|\$\{(?P<name>[^}]*)\}")


def references(value: str) -> tuple[str, ...]:
    """Return the names that ``value`` refers to, in order."""
    return tuple(match["name"] for match in _REFERENCE.finditer(value) if match["escaped"] is None)


def resolve_environment(
    environment: Mapping[str, str], lookup: Mapping[str, str | int]
) -> dict[str, str]:
    """Return ``environment`` with every ``${name}`` replaced by what ``lookup`` holds for it.

    ``$${`` stands for a plain ``${``. Raises :class:`SettingsError` for a name that ``lookup`` does
    not hold, naming those that it does.
    """
    return {name: _resolve(name, value, lookup) for name, value in environment.items()}


def unknown_reference(variable: str, name: str, known: tuple[str, ...]) -> str:
    """Return the sentence about a reference that leads nowhere."""
    hint = did_you_mean(name, known)
    if not hint:
        hint = f" Known: {', '.join(known)}." if known else " No RDS or ElastiCache is declared."
    return f"'{variable}' refers to ${{{name}}}, which nothing declares.{hint}"


def _resolve(variable: str, value: str, lookup: Mapping[str, str | int]) -> str:
    def replace(match: re.Match[str]) -> str:
        if match["escaped"] is not None:
            return "${"
        if match["name"] not in lookup:
            raise SettingsError(unknown_reference(variable, match["name"], tuple(lookup)))
        return str(lookup[match["name"]])

    return _REFERENCE.sub(replace, value)
