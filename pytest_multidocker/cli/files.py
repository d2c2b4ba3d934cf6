"""Finding the Dockerrun files that a command is about."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ..dockerrun.shown import visible
from ..errors import MultidockerError

NAME = "Dockerrun.aws.json"
STDIN = "-"
_PASSED_OVER = {"node_modules", "__pycache__", "venv", "site-packages"}
_ALIKE = re.compile(r"docker.?run.*json", re.IGNORECASE)


def find(paths: Iterable[str]) -> list[str]:
    """Return the files that the paths name: a folder stands for all Dockerrun files below it.

    These are called ``Dockerrun.aws.json``, or end so, as ``staging.Dockerrun.aws.json`` does.
    Hidden folders, and those that hold other people's code, are passed over. Raises
    `MultidockerError` where a folder has none.
    """
    found: dict[str, None] = {}
    for path in paths:
        below = list(_below(path, _is_dockerrun)) if Path(path).is_dir() else [path]
        if not below:
            raise MultidockerError(
                f"there is no {NAME} in {visible(path)} or below it{_hint(path)}"
            )
        found.update(dict.fromkeys(below))
    return list(found)


def _hint(folder: str) -> str:
    alike = next(_below(folder, lambda name: _ALIKE.fullmatch(name) is not None), None)
    return f", but {visible(alike)}: Elastic Beanstalk looks for no other name" if alike else ""


def _is_dockerrun(name: str) -> bool:
    return name.endswith(NAME)


def _below(folder: str, wanted: Callable[[str], bool]) -> Iterator[str]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name not in _PASSED_OVER
        )
        for name in sorted(filter(wanted, files)):
            yield os.path.normpath(os.path.join(place, name))  # noqa: PTH118 - os.walk's own
