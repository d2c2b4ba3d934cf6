"""The services of a compose file, as far as a deploy has to keep up with them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from .yaml_marks import Marked, load

NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")


class Variable(NamedTuple):
    """An environment variable of a service and its place."""

    name: str
    line: int
    column: int


class Service(NamedTuple):
    """One service: ``context`` is the folder that it is built from, if it is."""

    name: str
    image: str
    context: Path | None
    variables: tuple[Variable, ...]
    file: Path


def compose_file(folder: Path) -> Path | None:
    """Return the compose file that ``docker compose`` would take, ``None`` if there is none."""
    return next((folder / name for name in NAMES if (folder / name).is_file()), None)


def services(folder: Path) -> list[Service]:
    """Return the services of the folder's compose file."""
    file = compose_file(folder)
    root = load(file) if file is not None else None
    found = root.get("services") if root is not None else None
    if file is None or found is None:
        return []
    return [_service(name.text, entry, file) for name, entry in found.items()]


def normal(path: Path) -> Path:
    """Return the path without ``.`` and ``..``, unlike ``resolve`` without asking the system."""
    return Path(os.path.normpath(path))


def _service(name: str, entry: Marked, file: Path) -> Service:
    image = entry.get("image")
    build = entry.get("build")
    context = build.get("context") or (build if build.text else None) if build else None
    folder = normal(file.parent / context.text) if context is not None else None
    environment = entry.get("environment")
    variables = _variables(environment) if environment is not None else ()
    return Service(name, image.text if image else "", folder, variables, file)


def _variables(environment: Marked) -> tuple[Variable, ...]:
    if isinstance(environment.value, dict):
        return tuple(Variable(key.text, key.line, key.column) for key, _ in environment.items())
    return tuple(
        Variable(item.text.partition("=")[0], item.line, item.column)
        for item in environment.entries()
        if item.text
    )
