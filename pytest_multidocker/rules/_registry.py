"""The rules, by id: each module of the package that is named ``md<number>_…`` has one."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from ..errors import UnknownName
from ._model import Finding, Phase, Problem, Rule, Severity
from .words import did_you_mean

if TYPE_CHECKING:
    from ._context import Context

_Check = Callable[["Context"], Iterable[Problem]]
_found: dict[str, Rule] = {}


def _always(_: Context) -> bool:
    return True


def register(
    *,
    id: str,  # noqa: A002 - the field's own name
    name: str,
    severity: Severity,
    phase: Phase,
    source: str,
    summary: str,
    applies: Callable[[Context], bool] = _always,
) -> Callable[[_Check], _Check]:
    """Make a function that yields problems a rule of that id.

    ``applies`` tells whether the rule has anything to look at in a file. Raises ``ValueError``
    where the id is taken.
    """

    def add(check: _Check) -> _Check:
        if id in _found and _found[id].module != check.__module__:
            raise ValueError(f"{check.__module__} and {_found[id].module} both register {id}")
        _found[id] = Rule(
            id, name, severity, phase, source, summary, check, applies, check.__module__
        )
        return check

    return add


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return all rules in the order of their ids."""
    package = import_module(__package__)
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("md"):
            import_module(f"{__package__}.{module.name}")
    return tuple(_found[key] for key in sorted(_found))


def is_named(found: Rule | Finding, wanted: Iterable[str]) -> bool:
    """Return whether one of the words names the rule: its id, the beginning of one, or its name."""
    id_ = found.id if isinstance(found, Rule) else found.rule
    return any(id_.startswith(word.upper()) or found.name == word for word in wanted)


def require_names(wanted: Iterable[str]) -> None:
    """Raise `UnknownName` for the first word that names no rule."""
    for word in wanted:
        if not any(is_named(each, (word,)) for each in all_rules()):
            known = [name for each in all_rules() for name in (each.id, each.name)]
            hint = did_you_mean(word, known)
            raise UnknownName(f"no rule is named {word} or begins with it.{hint}")


def rule(wanted: str) -> Rule:
    """Return the rule of that id or name, in any case of letters; raise ``KeyError`` if none."""
    folded = wanted.casefold()
    for found in all_rules():
        if folded in {found.id.casefold(), found.name, found.title.casefold()}:
            return found
    raise KeyError(wanted)
