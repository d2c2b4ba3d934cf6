"""Reading as much of a Dockerfile as the order of builds depends on."""

from __future__ import annotations

import re

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
