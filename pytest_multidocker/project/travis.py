"""The ``docker build`` commands of a CI file: ``.travis.yml`` or a GitHub workflow."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

_SEPARATORS = {"&&", "||", ";", "|", "&"}
_VARIABLE = re.compile(r"\$\{[^}]*\}+|\$\w+")
# docker build's options that take no value of their own; every other one is followed by its value.
_SWITCHES = {
    "--compress", "--debug", "-D", "--disable-content-trust", "--force-rm", "--load", "--no-cache",
    "--pull", "--push", "--quiet", "-q", "--rm", "--squash",
}  # fmt: skip
_VALUES = {
    "-t": "tag",
    "--tag": "tag",
    "-f": "file",
    "--file": "file",
    "--build-arg": "arg",
    "--target": "target",
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

    def makes(self, image: str) -> bool:
        """Whether one of the tags is ``image``; a variable in a tag stands for any text."""
        return any(_same_image(tag, image) for tag in self.tags)


def docker_builds(text: str) -> list[DockerBuild]:
    """Return the ``docker build`` commands in the scalars of a YAML text, in order.

    Text that is not YAML has none: it is not for us to complain of it.
    """
    found: list[DockerBuild] = []
    if "docker" not in text:
        return found
    for line, script in _scalars(text):
        folder = "."
        for offset, command in _commands(script):
            if command[:1] == ["cd"] and len(command) > 1:
                folder = _join(folder, command[1])
            elif build := _parse(command, line + offset, folder):
                found.append(build)
    return found


def _scalars(text: str) -> Iterator[tuple[int, str]]:
    import yaml

    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return
    pending = [root] if root is not None else []
    while pending:
        node = pending.pop(0)
        if isinstance(node, yaml.ScalarNode):
            # The content of a block scalar begins on the line after its indicator.
            yield node.start_mark.line + (2 if node.style in {"|", ">"} else 1), node.value
        elif isinstance(node, yaml.SequenceNode):
            pending[:0] = node.value
        elif isinstance(node, yaml.MappingNode):
            pending[:0] = [value for _, value in node.value]


def _commands(script: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line offset and words of every simple command of a shell script."""
    joined, start = "", 0
    for offset, line in enumerate(script.splitlines()):
        start = start if joined else offset
        joined += line
        if joined.endswith("\\"):
            joined = joined[:-1] + " "
            continue
        for words in _split(joined):
            yield start, words
        joined = ""


def _split(line: str) -> Iterator[list[str]]:
    try:
        lexer = shlex.shlex(line, posix=True, punctuation_chars=";&|")
        lexer.whitespace_split = True
        tokens = list(lexer)
    except ValueError:  # a quote that never ends: the shell would refuse it as well
        return
    command: list[str] = []
    for token in [*tokens, ";"]:
        if token in _SEPARATORS or set(token) == {";"}:
            if command:
                yield command
            command = []
        else:
            command.append(token)


def _parse(command: list[str], line: int, folder: str) -> DockerBuild | None:
    words = command[1:] if command[:1] == ["sudo"] else command
    for start in (["docker", "build"], ["docker", "image", "build"], ["docker", "buildx", "build"]):
        if words[: len(start)] == start:
            return _parse_options(words[len(start) :], DockerBuild("", line, folder=folder))
    return None


def _parse_options(words: list[str], build: DockerBuild) -> DockerBuild:
    rest = iter(words)
    for word in rest:
        if word in _SWITCHES:
            continue
        if not word.startswith("-") or word == "-":
            build = replace(build, context=_join(build.folder, word))
            continue
        option, equals, value = word.partition("=")
        if not word.startswith("--") and len(word) > len("-t"):
            option, equals, value = word[:2], "=", word[2:].removeprefix("=")
        build = _take(build, _VALUES.get(option), value if equals else next(rest, ""))
    return build


def _take(build: DockerBuild, meaning: str | None, value: str) -> DockerBuild:
    if meaning == "tag":
        return replace(build, tags=(*build.tags, value))
    if meaning == "file":
        return replace(build, dockerfile=_join(build.folder, value))
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


def _same_image(tag: str, image: str) -> bool:
    parts = _VARIABLE.split(_with_tag(tag))
    return re.fullmatch(".+?".join(re.escape(part) for part in parts), _with_tag(image)) is not None


def _with_tag(image: str) -> str:
    """Return ``image`` with ``:latest`` where it names neither tag nor digest."""
    name = _VARIABLE.sub(lambda match: "x" * len(match[0]), image)
    return image if "@" in name or ":" in name.rpartition("/")[2] else f"{image}:latest"
