"""Which build makes an image of the project."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class BuildRecipe:
    """One build of an image, as ``docker build`` would be asked for it."""

    image: str
    context: Path
    """The folder that is sent to the engine."""
    dockerfile: Path
    source: str
    """Where the recipe was found, fit for a message, such as ``.travis.yml:12``."""
    build_args: tuple[tuple[str, str], ...] = ()
    target: str | None = None
    """The stage to stop at; ``None`` is the last one."""
