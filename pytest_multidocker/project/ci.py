"""What the CI files push and deploy: ``.travis.yml`` and GitHub workflows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from .deploy_actions import deploys_of
from .docker_builds import docker_build, may_be_true, pushes_output, tags_of
from .files import read
from .shell import commands
from .travis_jobs import to_beanstalk
from .workflow_steps import steps_with
from .yaml_marks import Marked, parse

_BUILD_PUSH = "docker/build-push-action"
_BAKE = "docker/bake-action"
ANY = "${any}"
"""Stands for the images of a push whose names are not in the CI file."""
_PUSH_WORDS = ("push", "deploy", "release", "publish")
_SCRIPTS = {
    "run", "before_install", "install", "before_script", "script", "after_success", "after_failure",
    "after_script", "before_deploy", "after_deploy",
}  # fmt: skip
"""The keys of scripts: ``run`` of GitHub workflows, the others of Travis CI."""
_RUNNERS = {"bash", "sh", "source", ".", "make", "yarn"}
# docker push's and podman push's options that are followed by their value.
_PUSH_VALUES = {
    "--platform", "--authfile", "--cert-dir", "--compression-format", "--compression-level",
    "--creds", "--digestfile", "--format", "-f", "--retry", "--retry-delay", "--sign-by",
}  # fmt: skip
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
    """Return the images that commands and Docker's own actions push, of each file in order.

    What may push and cannot be read, such as a script ``./push.sh``, pushes `ANY`.
    """
    return [push for file in ci_files(folder) for push in _pushes(file)]


def deploys(folder: Path) -> list[Deploy]:
    """Return the deploys to Elastic Beanstalk."""
    return [deploy for file in ci_files(folder) for deploy in _deploys(file)]


def _pushes(file: Path) -> Iterator[Push]:
    root = root_of(file, "docker", "podman", *_PUSH_WORDS)
    if root is None:
        return
    yield from _pushes_of_commands(root, file)
    for step in steps_with(root, _BUILD_PUSH):
        yield from (
            Push(image, file, place.line, place.column) for image, place in _pushed_by_action(step)
        )
    unread = [*steps_with(root, _BAKE), *_unread(root)]
    yield from (Push(ANY, file, place.line, place.column) for place in unread)


def _pushes_of_commands(root: Marked, file: Path) -> Iterator[Push]:
    for script in root.scalars():
        for offset, words in commands(script.text):
            line = script.first_line + offset
            column = script.column if line == script.line else 1
            for image in _pushed(words):
                yield Push(image, file, line, column)


def _pushed_by_action(step: Marked) -> list[tuple[str, Marked]]:
    """Return the images that a step of Docker's own action may push, each with its place."""
    tags = step.get("with", "tags")
    outputs = step.text_of("with", "outputs").splitlines()
    has_output = any(pushes_output(output.strip()) for output in outputs)
    if tags is None:  # an output may have names of its own
        return [(ANY, step)] if has_output else []
    pushes = has_output or may_be_true(step.text_of("with", "push"))
    return [(image, tags) for image in _listed_images(tags.text)] if pushes else []


def _unread(root: Marked) -> Iterator[Marked]:
    """Yield what runs something else, of a name that says that it may push."""
    given: dict[int, Marked] = {}  # what many aliases stand for is read once
    for key, value in root.pairs():
        if key.text == "uses" and _is_unread_action(value.text):
            yield value
        if key.text in _SCRIPTS:
            given[id(value.value)] = value
    scripts = {script.text: script for value in given.values() for script in value.entries()}
    for text, script in scripts.items():
        if any(_is_unread_command(words) for _, words in commands(text)):
            yield script


def _is_unread_action(uses: str) -> bool:
    """Whether it is an action of the repository, or a workflow, that may push."""
    path = uses.partition("@")[0]
    return (path.startswith("./") or "/.github/workflows/" in path) and _says_push(path)


def _is_unread_command(words: list[str]) -> bool:
    """Whether a command runs a script, or a target of ``make`` or npm, that may push."""
    is_npm_script = words[0] == "npm" and "run" in words  # `npm publish` pushes no image
    runs_another = words[0] in _RUNNERS or "/" in words[0] or is_npm_script
    return runs_another and any(map(_says_push, words))


def _says_push(text: str) -> bool:
    return any(word in text.lower() for word in _PUSH_WORDS)


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
        return (list(build.tags) or [ANY]) if build.pushes else []
    if words[0] == "docker-compose" or words[:2] == ["docker", "compose"]:
        return [ANY] if "push" in words else []
    if words[:3] == ["docker", "buildx", "bake"]:
        return [ANY] if "--push" in words else []
    if words[:4] == ["docker", "buildx", "imagetools", "create"]:
        return [] if "--dry-run" in words else [*tags_of(words[4:])] or [ANY]
    for start in (["docker", "push"], ["docker", "image", "push"], ["podman", "push"]):
        if words[: len(start)] == start:
            return _arguments(words[len(start) :])
    return []


def _arguments(words: list[str]) -> list[str]:
    """Return the image that a push is given, with any tag where it pushes all.

    ``podman push`` may be given two, and pushes to the second.
    """
    rest, images = iter(words), []
    for word in rest:
        if word in _PUSH_VALUES:
            next(rest, None)
        elif not word.startswith("-"):
            images.append(word.removeprefix("docker://"))
    every_tag = not {"-a", "--all-tags"}.isdisjoint(words)
    return [f"{image}:$tag" if every_tag else image for image in images[-1:]]


def _deploys(file: Path) -> Iterator[Deploy]:
    root = root_of(file, "provider", "beanstalk-deploy")
    for entry in to_beanstalk(root) if root is not None else ():
        options = entry.mapping_of()
        provider = options["provider"]
        place = provider.line, provider.column
        yield Deploy(file, *place, options, _TRAVIS_REQUIRED, _TRAVIS_SECRETS)
    for uses, action, options in deploys_of(root):
        required = tuple((name,) for name in action.required)
        yield Deploy(file, uses.line, uses.column, options, required, action.secrets)
