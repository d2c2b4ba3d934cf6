"""Reading as much of a Dockerfile as builds and checks depend on."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import NamedTuple

Instruction = tuple[str, str]
"""The instruction's name in capitals, and its arguments on one line."""

_FROM = re.compile(r"(?:--\S+\s+)*(?P<image>\S+)(?:\s+as\s+(?P<stage>\S+))?\s*$", re.IGNORECASE)


def instructions(text: str) -> list[Instruction]:
    """Return the instructions of a Dockerfile, comments left out and continued lines joined."""
    found: list[Instruction] = []
    pending = ""
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        pending += stripped
        if pending.endswith("\\"):
            pending = pending[:-1].rstrip() + " "
            continue
        name, _, arguments = pending.partition(" ")
        found.append((name.upper(), arguments.strip()))
        pending = ""
    return found


def base_images(text: str) -> list[str]:
    """Return the images that the build starts from, in order and once each.

    Stages of the file itself, ``scratch`` and names that hold a variable are left out.
    """
    stages: set[str] = {"scratch"}
    found: list[str] = []
    for name, arguments in instructions(text):
        match = _FROM.match(arguments) if name == "FROM" else None
        if match is None:
            continue
        image = match["image"]
        if image.lower() not in stages and "$" not in image and image not in found:
            found.append(image)
        if match["stage"]:
            stages.add(match["stage"].lower())
    return found


def shared_start(text: str) -> tuple[Instruction, ...]:
    """Return the instructions before the first that reads the context.

    Two files with the same start share these layers if one is built after the other. The result is
    empty where that would save nothing, because no command is run.
    """
    start: list[Instruction] = []
    for instruction in instructions(text):
        if instruction[0] in {"COPY", "ADD", "ONBUILD"}:
            break
        start.append(instruction)
    while start and start[-1][0] != "RUN":
        start.pop()
    return tuple(start)


class Copy(NamedTuple):
    """One ``COPY`` or ``ADD`` of the last stage: what of the context goes where."""

    sources: tuple[str, ...]
    target: str


def exposed_ports(text: str) -> tuple[int, ...]:
    """Return the ports that the last stage exposes, TCP or UDP; ranges and variables left out."""
    return tuple(
        int(port)
        for name, arguments in last_stage(text)
        if name == "EXPOSE"
        for word in arguments.split()
        if (port := word.partition("/")[0]).isdecimal()
    )


def copies(text: str) -> tuple[Copy, ...]:
    """Return what the last stage copies from the context, not from other stages."""
    found = []
    for name, arguments in last_stage(text):
        words = _words(arguments) if name in {"COPY", "ADD"} else []
        plain = [word for word in words if not word.startswith("--")]
        if len(plain) > 1 and not any(word.startswith("--from") for word in words):
            found.append(Copy(tuple(plain[:-1]), plain[-1]))
    return tuple(found)


def last_stage(text: str) -> list[Instruction]:
    """Return the instructions from the last ``FROM`` on."""
    found = instructions(text)
    starts = [place for place, (name, _) in enumerate(found) if name == "FROM"]
    return found[starts[-1] :] if starts else found


def _words(arguments: str) -> list[str]:
    flags, bracket, array = arguments.partition("[")
    if bracket and all(word.startswith("--") for word in flags.split()):
        with suppress(ValueError):
            return [*flags.split(), *map(str, json.loads(bracket + array))]
    return arguments.split()
