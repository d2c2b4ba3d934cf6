"""What the CI files push and deploy: ``.travis.yml`` and GitHub workflows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from .deploy_actions import deploys_of, steps_with
from .files import read
from .shell import commands
from .travis import docker_build
from .travis_jobs import to_beanstalk
from .yaml_marks import Marked, parse

_BUILD_PUSH = "docker/build-push-action"
_BAKE = "docker/bake-action"
ANY = "${any}"
"""Stands for the images of a push whose names are not in the CI file."""
_VARIABLE = re.compile(r"\$\{?\{?\s*(?:(?:secrets|env|vars)\.)?(\w+)\s*\}?\}?")


class Push(NamedTuple):
    """One image that is pushed, and its place."""

    image: str
    file: Path
    line: int
    column: int


class AccessKey(NamedTuple):
    """An access key of an IAM user."""

    id: str
    secret: str


class Deploy(NamedTuple):
    """One deploy to Elastic Beanstalk: its options, and those that it needs."""

    file: Path
    line: int
    column: int
    options: dict[str, Marked]
    required: tuple[tuple[str, ...], ...]
    """Each is the names of one option, of which one must be given."""
    secrets: tuple[str, ...]
    """The options that must not be in the file: the access key's id and its secret come first."""

    def access_key(self, variables: Mapping[str, str]) -> AccessKey | None:
        """Return the key that it deploys with; ``None`` where it gives none that is known here.

        The options name variables, as ``$NAME`` or ``${{ secrets.NAME }}``.
        """
        given = [self.options[name].text for name in self.secrets[:2] if name in self.options]
        known = [_VARIABLE.sub(lambda found: variables.get(found[1], ""), text) for text in given]
        return AccessKey(*known) if len(known) == len(AccessKey._fields) and all(known) else None


_TRAVIS_REQUIRED = (("region",), ("app",), ("env",), ("bucket_name", "bucket"))
_TRAVIS_SECRETS = ("access_key_id", "secret_access_key")


def ci_files(folder: Path) -> list[Path]:
    """Return the CI files of a project that exist."""
    workflows = folder / ".github" / "workflows"
    files = [folder / ".travis.yml", *sorted([*workflows.glob("*.yml"), *workflows.glob("*.yaml")])]
    return [file for file in files if file.is_file()]


def pushes(folder: Path) -> list[Push]:
    """Return the images that ``docker push`` and Docker's own action push, in order."""
    return [push for file in ci_files(folder) for push in _pushes(file)]


def deploys(folder: Path) -> list[Deploy]:
    """Return the deploys to Elastic Beanstalk."""
    return [deploy for file in ci_files(folder) for deploy in _deploys(file)]


def _pushes(file: Path) -> Iterator[Push]:
    root = root_of(file, "docker")
    for script in root.scalars() if root is not None else ():
        for offset, words in commands(script.text):
            line = script.first_line + offset
            column = script.column if line == script.line else 1
            for image in _pushed(words):
                yield Push(image, file, line, column)
    for step in steps_with(root, _BUILD_PUSH):
        push, tags = step.get("with", "push"), step.get("with", "tags")
        if push is not None and push.text == "true" and tags is not None:
            for image in _listed_images(tags.text):
                yield Push(image, file, tags.line, tags.column)
    for step in steps_with(root, _BAKE):
        yield Push(ANY, file, step.line, step.column)


def root_of(file: Path, *words: str) -> Marked | None:
    """Return the content of a file that has one of the words; reading YAML takes its time."""
    text = read(file)
    return parse(text) if any(word in text for word in words) else None


def _listed_images(text: str) -> list[str]:
    """Split at commas and line ends: an expression of GitHub has blanks in it."""
    return [image.strip() for image in re.split(r"[,\n]", text) if image.strip()]


def _pushed(words: list[str]) -> list[str]:
    """Return the images that a command pushes."""
    build = docker_build(words, 0)
    if build is not None:
        return list(build.tags) if build.pushes else []
    if words[0] == "docker-compose" or words[:2] == ["docker", "compose"]:
        return [ANY] if "push" in words else []
    if words[:3] == ["docker", "buildx", "bake"]:
        return [ANY] if "--push" in words else []
    for start in (["docker", "push"], ["docker", "image", "push"]):
        if words[: len(start)] == start:
            return _arguments(words[len(start) :])
    return []


def _arguments(words: list[str]) -> list[str]:
    """Return the image that ``docker push`` is given, with any tag where it pushes all."""
    rest, images = iter(words), []
    for word in rest:
        if word == "--platform":
            next(rest, None)
        elif not word.startswith("-"):
            images.append(word)
    every_tag = not {"-a", "--all-tags"}.isdisjoint(words)
    return [f"{image}:$tag" if every_tag else image for image in images[:1]]


def _deploys(file: Path) -> Iterator[Deploy]:
    root = root_of(file, "provider", "beanstalk-deploy")
    for entry in to_beanstalk(root) if root is not None else ():
        options = {key.text: value for key, value in entry.items()}
        provider = options["provider"]
        place = provider.line, provider.column
        yield Deploy(file, *place, options, _TRAVIS_REQUIRED, _TRAVIS_SECRETS)
    for uses, action, options in deploys_of(root):
        required = tuple((name,) for name in action.required)
        yield Deploy(file, uses.line, uses.column, options, required, action.secrets)
