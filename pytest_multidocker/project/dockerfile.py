"""Reading as much of a Dockerfile as builds and checks depend on."""

from __future__ import annotations

import json
import posixpath
import re
from contextlib import suppress
from typing import NamedTuple

from .image_names import plain

Instruction = tuple[str, str]
"""The instruction's name in capitals, and its arguments on one line."""

_FROM = re.compile(r"(?:--\S+\s+)*(?P<image>\S+)(?:\s+as\s+(?P<stage>\S+))?\s*$", re.IGNORECASE)

_PORTS = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?(?:/(?:tcp|udp))?\Z", re.IGNORECASE)
_ASSIGNED = re.compile(r"(\w+)=(?:\"(?:\\.|[^\"\\])*\"|'[^']*'|(?:\\.|\S)*)")
_PORTLESS = {
    "scratch", "alpine", "amazoncorretto", "amazonlinux", "buildpack-deps", "busybox", "debian",
    "eclipse-temurin", "elixir", "erlang", "golang", "gradle", "maven", "node", "openjdk", "perl",
    "pypy", "python", "ruby", "rust", "ubuntu",
}  # fmt: skip
"""Official images that expose no port of their own."""


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


def exposed_ports(text: str) -> frozenset[int] | None:
    """Return the ports that the image exposes, TCP or UDP; ``None`` where not all can be told.

    That is where a variable stands for one, and where the image it is made from may expose others.
    """
    stage = last_stage(text)
    base = _FROM.match(stage[0][1]) if stage and stage[0][0] == "FROM" else None
    if base is None or _repository(base["image"]) not in _PORTLESS:
        return None
    ports: set[int] = set()
    for name, arguments in stage:
        for word in arguments.split() if name == "EXPOSE" else ():
            found = _PORTS.match(word)
            if found is None:
                return None
            ports.update(range(int(found[1]), int(found[2] or found[1]) + 1))
    return frozenset(ports)


def _repository(image: str) -> str:
    return plain(image).removeprefix("library/").partition("@")[0].partition(":")[0]


def variables(text: str) -> set[str]:
    """Return the names of the environment variables that any stage sets."""
    found: set[str] = set()
    for name, arguments in instructions(text):
        if name == "ENV":
            first = arguments.partition(" ")[0]
            found.update(_ASSIGNED.findall(arguments) if "=" in first else [first])
    return found


def copies(text: str) -> tuple[Copy, ...]:
    """Return what the last stage copies from the context, not from other stages."""
    found, folder = [], ""
    for name, arguments in last_stage(text):
        words = _words(arguments) if name in {"COPY", "ADD"} else []
        plain = [word for word in words if not word.startswith("--")]
        if name == "WORKDIR":
            folder = posixpath.join(folder, arguments)
        if len(plain) > 1 and not any(word.startswith("--from") for word in words):
            found.append(Copy(tuple(plain[:-1]), posixpath.join(folder, plain[-1])))
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
