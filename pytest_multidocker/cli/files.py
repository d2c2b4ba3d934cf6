"""Finding the Dockerrun files that a command is about."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..errors import MultidockerError

NAME = "Dockerrun.aws.json"
STDIN = "-"
_PASSED_OVER = {"node_modules", "__pycache__", "venv", "site-packages"}


def find(paths: Iterable[str]) -> list[str]:
    """Return the files that the paths name: a folder stands for all Dockerrun files below it.

    Hidden folders, and those that hold other people's code, are passed over. Raises
    `MultidockerError` where a folder has none.
    """
    found: dict[str, None] = {}
    for path in paths:
        below = list(_below(path)) if Path(path).is_dir() else [path]
        if not below:
            raise MultidockerError(f"there is no {NAME} in {path} or below it")
        found.update(dict.fromkeys(below))
    return list(found)


def _below(folder: str) -> Iterator[str]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name not in _PASSED_OVER
        )
        if NAME in files:
            yield os.path.normpath(os.path.join(place, NAME))  # noqa: PTH118 - os.walk's own
