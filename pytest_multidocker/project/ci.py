"""What the CI files push and deploy: ``.travis.yml`` and GitHub workflows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from .yaml_marks import Marked, load

_ACTION = "einaregilsson/beanstalk-deploy"
_BUILD_PUSH = "docker/build-push-action"
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
_ACTION_REQUIRED = (("region",), ("application_name",), ("environment_name",))
_TRAVIS_SECRETS = ("access_key_id", "secret_access_key")
_ACTION_SECRETS = ("aws_access_key", "aws_secret_key", "aws_session_token")


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
    root = load(file)
    if root is None:
        return
    for place in _scalars(root):
        for offset, line in enumerate(place.text.splitlines()):
            for image in _pushed(line):
                column = place.column if offset == 0 else 1
                yield Push(image, file, place.line + offset, column)
    for step in _steps(root, _BUILD_PUSH):
        push, tags = step.get("with", "push"), step.get("with", "tags")
        if push is not None and push.text == "true" and tags is not None:
            for image in tags.text.replace(",", "\n").split():
                yield Push(image, file, tags.line, tags.column)


def _pushed(line: str) -> Iterator[str]:
    try:
        words = shlex.split(line, comments=True)
    except ValueError:  # a quote that never ends: the shell would refuse it as well
        return
    for place, word in enumerate(words[:-2]):
        if word == "docker" and words[place + 1] == "push":
            images = [each for each in words[place + 2 :] if not each.startswith("-")]
            yield from images[:1]


def _deploys(file: Path) -> Iterator[Deploy]:
    root = load(file)
    if root is None:
        return
    deploy = root.get("deploy")
    for entry in _listed(deploy):
        provider = entry.get("provider")
        if provider is not None and provider.text == "elasticbeanstalk":
            options = {key.text: value for key, value in entry.items()}
            place = provider.line, provider.column
            yield Deploy(file, *place, options, _TRAVIS_REQUIRED, _TRAVIS_SECRETS)
    for step in _steps(root, _ACTION):
        uses, given = step.get("uses"), step.get("with")
        if uses is not None:
            options = {key.text: value for key, value in given.items()} if given else {}
            place = uses.line, uses.column
            yield Deploy(file, *place, options, _ACTION_REQUIRED, _ACTION_SECRETS)


def _steps(root: Marked, action: str) -> Iterator[Marked]:
    """Yield the steps of a workflow that use an action, whatever its version."""
    jobs = root.get("jobs")
    for _, job in jobs.items() if jobs is not None else ():
        for step in _listed(job.get("steps")):
            uses = step.get("uses")
            if uses is not None and uses.text.partition("@")[0] == action:
                yield step


def _listed(marked: Marked | None) -> list[Marked]:
    if marked is None:
        return []
    return marked.value if isinstance(marked.value, list) else [marked]


def _scalars(root: Marked) -> Iterator[Marked]:
    pending, seen = [root], set()
    while pending:
        found = pending.pop(0)
        if id(found.value) in seen and not found.text:  # an alias of what was seen
            continue
        seen.add(id(found.value))
        if isinstance(found.value, dict):
            pending[:0] = [value for _, value in found.items()]
        elif isinstance(found.value, list):
            pending[:0] = found.value
        else:
            yield found
