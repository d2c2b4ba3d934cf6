"""The ``docker build`` commands of a CI file: ``.travis.yml`` or a GitHub workflow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from .image_names import stands_for
from .shell import commands
from .yaml_marks import Marked, parse

# The options of docker build, and of docker buildx imagetools create, that take no value of their
# own; every other one is followed by its value.
_SWITCHES = {
    "--append", "--compress", "--debug", "-D", "--disable-content-trust", "--force-rm", "--load",
    "--no-cache", "--prefer-index", "--pull", "--push", "--quiet", "-q", "--rm", "--squash",
}  # fmt: skip
_VALUES = {
    "-t": "tag",
    "--tag": "tag",
    "-f": "file",
    "--file": "file",
    "--build-arg": "arg",
    "--target": "target",
    "-o": "output",
    "--output": "output",
}


@dataclass(frozen=True)
class DockerBuild:
    """One ``docker build`` command; paths are relative to the repository's folder."""

    context: str
    """The folder as it stands in the command, or an address, or ``-``."""
    line: int
    """The line of the file, from 1."""
    tags: tuple[str, ...] = ()
    dockerfile: str | None = None
    build_args: tuple[tuple[str, str], ...] = ()
    target: str | None = None
    folder: str = field(default=".", compare=False)
    """Where the command runs: a ``cd`` before it counts."""
    pushes: bool = field(default=False, compare=False)
    """Whether it pushes the image too."""

    def makes(self, image: str) -> bool:
        """Whether one of the tags is ``image``; a variable in a tag stands for any text."""
        return any(stands_for(tag, image) for tag in self.tags)


def docker_builds(text: str) -> list[DockerBuild]:
    """Return the ``docker build`` commands in the scalars of a YAML text, in order.

    Text that is not YAML has none: it is not for us to complain of it.
    """
    root = parse(text) if "docker" in text else None
    if root is None:
        return []
    return [build for script in root.scalars() for build in _of_script(script)]


def _of_script(script: Marked) -> Iterator[DockerBuild]:
    folder = "."
    for offset, words in commands(script.text):
        if words[0] == "cd" and len(words) > 1:
            folder = _join(folder, words[1])
        elif build := docker_build(words, script.first_line + offset, folder):
            yield build


def docker_build(words: list[str], line: int, folder: str = ".") -> DockerBuild | None:
    """Return what a command builds, ``None`` if it is no ``docker build``."""
    for start in (["docker", "build"], ["docker", "image", "build"], ["docker", "buildx", "build"]):
        if words[: len(start)] == start:
            return _parse_options(words[len(start) :], DockerBuild("", line, folder=folder))
    return None


def tags_of(words: list[str]) -> tuple[str, ...]:
    """Return the tags among the options and arguments of a command that makes an image."""
    return _parse_options(words, DockerBuild("", 0)).tags


def _parse_options(words: list[str], build: DockerBuild) -> DockerBuild:
    rest = iter(words)
    for word in rest:
        if word in _SWITCHES:
            build = replace(build, pushes=build.pushes or word == "--push")
            continue
        if not word.startswith("-") or word == "-":
            build = replace(build, context=_join(build.folder, word))
            continue
        option, equals, value = word.partition("=")
        if not word.startswith("--") and len(word) > len("-t"):
            option, equals, value = word[:2], "=", word[2:].removeprefix("=")
        build = _take(build, _VALUES.get(option), value if equals else next(rest, ""))
    return build


def may_be_true(text: str) -> bool:
    """Whether a switch may be on: what a variable or an expression holds is not known here."""
    return "$" in text or text.lower() == "true"


def pushes_output(output: str) -> bool:
    """Whether an output of a build, such as ``type=image,push=true``, may be a push."""
    fields = _fields(output)
    kind = fields.get("type", output)
    if kind in {"image", "registry"}:
        return may_be_true(fields.get("push", str(kind == "registry")))
    return "${{" in kind


def _fields(output: str) -> dict[str, str]:
    parts = (part.strip(" \"'").partition("=") for part in output.split(","))
    return {name: value for name, equals, value in parts if equals}


def _take(build: DockerBuild, meaning: str | None, value: str) -> DockerBuild:
    if meaning == "tag":
        return replace(build, tags=(*build.tags, value))
    if meaning == "file":
        return replace(build, dockerfile=_join(build.folder, value))
    if meaning == "output":
        name = _fields(value).get("name")
        tags = (*build.tags, name) if name else build.tags
        return replace(build, tags=tags, pushes=build.pushes or pushes_output(value))
    if meaning == "target":
        return replace(build, target=value)
    if meaning == "arg":
        name, _, content = value.partition("=")
        return replace(build, build_args=(*build.build_args, (name, content)))
    return build


def _join(folder: str, path: str) -> str:
    if path == "-" or "://" in path:
        return path
    return str(PurePosixPath(folder, path))
