"""Whether a run collects the Dockerrun file that it is about, and how.

pytest passes over folders of its ``norecursedirs``, and takes only what a command line names. The
file is therefore given to the session itself, unless an argument names it: then pytest finds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from . import settings

_NAME = "Dockerrun.aws.json"


@dataclass(frozen=True)
class MainFile:
    """The Dockerrun file of a run with ``--multidocker``."""

    path: Path
    source: str
    """Who names it, for messages; ``default`` if nobody does."""
    is_named: bool
    """Whether an argument of the run names it, or a promise of it."""
    is_given: bool
    """Whether it is to be given to the session, as pytest would not find it for certain."""

    _key = pytest.StashKey["MainFile"]()

    @classmethod
    def of(cls, config: pytest.Config) -> MainFile:
        """Return that of this run; it need not exist."""
        if cls._key not in config.stash:
            config.stash[cls._key] = _main_file(config)
        return config.stash[cls._key]

    def is_dockerrun(self, path: Path) -> bool:
        """Tell whether a path that pytest comes by is a Dockerrun file for it to collect."""
        if path.name != _NAME and path.suffix != self.path.suffix:
            return False
        return self.is_named if _same(path, self.path) else path.name == _NAME

    @property
    def remark(self) -> str:
        """What the header says of it besides: that none of its promises is chosen."""
        return "" if self.is_named or self.is_given else ", and its promises are not chosen"


def _main_file(config: pytest.Config) -> MainFile:
    path, source = settings.dockerrun_file(config)
    is_named = any(_same(each, path) for each in _paths(config))
    is_given = not is_named and _is_wanted(config, path)
    return MainFile(path, source, is_named=is_named, is_given=is_given)


def _is_wanted(config: pytest.Config, path: Path) -> bool:
    """Tell whether the promises belong to the run, although no argument names the file.

    Who chooses single tests, or another Dockerrun file, wants these alone; and who has the option
    in ``addopts`` does not ask for the promises with every file of tests.
    """
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        return True
    named = list(_paths(config))
    if any(each.resolve() in path.resolve().parents for each in named):
        return True
    asked = "--multidocker" in map(str, config.invocation_params.args)
    others = any(each.name == _NAME for each in named)
    return asked and not others and not all("::" in arg for arg in config.args)


def _paths(config: pytest.Config) -> Iterator[Path]:
    """Yield the paths of the run's arguments, without the names of tests behind ``::``."""
    for arg in config.args:
        yield config.invocation_params.dir / arg.partition("::")[0]


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()
