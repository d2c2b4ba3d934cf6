"""Which rules a check is about, and what it knows: command line, then settings."""

from __future__ import annotations

import argparse
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..dockerrun.shown import visible

if TYPE_CHECKING:
    from ..project.settings import Settings
    from ..rules import Finding, Options

_RANKS = {"error": 0, "warning": 1, "info": 2}


class Selection(NamedTuple):
    """What to check a file for."""

    options: Options
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    least: int
    """The rank of the least severity that is shown."""

    def shows(self, finding: Finding) -> bool:
        """Return whether a finding is one that was asked for."""
        from ..rules import is_named

        chosen = not self.select or is_named(finding, self.select)
        severe = _RANKS[finding.severity] <= self.least
        return chosen and severe and not is_named(finding, self.ignore)


def selection(args: argparse.Namespace, folder: Path) -> Selection:
    """Return what the arguments and the settings above ``folder`` ask for.

    Raises a `MultidockerError` where they name a rule, a platform or an instance type that does not
    exist.
    """
    found = settings_above(folder)
    settings = found.check
    options = _options(
        args.platform or settings.platform, args.instance_type or settings.instance_type
    )
    select = _split(args.select) or settings.select
    ignore = (*_split(args.ignore), *settings.ignore, *found.ignore)
    _refuse_unknown((*select, *ignore))
    return Selection(options, select, ignore, _RANKS[args.severity or settings.severity])


def settings_above(folder: Path) -> Settings:
    """Return the settings of the nearest ``pyproject.toml`` at or above the folder that has any."""
    from ..project.settings import settings_folder

    return _read(settings_folder(folder), Path.cwd())


@cache
def _read(folder: Path, _from: Path) -> Settings:
    """Return a folder's settings; where a relative path begins is a part of what is remembered."""
    from ..project.settings import read_settings

    return read_settings(folder)


@cache
def _options(platform_name: str | None, instance_type: str | None) -> Options:
    from ..rules import Options

    found = Options.named(platform_name, instance_type)
    if instance_type and found.instance is None:
        what = f"the memory and cores of {visible(instance_type)} are not known here"
        print(f"warning: {what}; whether the task fits on it is not checked", file=sys.stderr)
    return found


@cache
def _refuse_unknown(wanted: tuple[str, ...]) -> None:
    from ..rules import require_names

    require_names(wanted)


def _split(given: list[str] | None) -> tuple[str, ...]:
    return tuple(word.strip() for part in given or () for word in part.split(",") if word.strip())
