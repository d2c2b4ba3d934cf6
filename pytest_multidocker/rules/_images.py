"""Images of all versions of the file, and what is wrong with their names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..dockerrun.shown import shown
from ._context import Context
from ._model import SOURCE_BUNDLE, Problem

_PLACEHOLDER = re.compile(
    r"^$|\$\{?[A-Za-z_(]|<[^>]*>|\{\{|%[A-Za-z_]+%|@[A-Z_]+@|^\[[^\]]*\]|^\.dkr\.ecr\."
    r"|^(?:[A-Z0-9]+_)+[A-Z0-9]+(?::.*)?$|:(?:BUILD_TAG|IMAGE_TAG|TAG|VERSION)$"
)
_TAG = re.compile(r":([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})\Z")
_REPOSITORY = re.compile(
    r"(?:[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*\Z"
)
_HOST = re.compile(
    r"(?:localhost|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|[A-Za-z0-9-]+(?=:\d))(?::\d+)?\Z"
)
_DIGEST = re.compile(r"sha256:[A-Fa-f0-9]{64}\Z")
_PULL = "CannotPullContainerError: invalid reference format"


FORBIDDEN = re.compile(r"[^A-Za-z0-9_\-:./@#]")
"""What ECS takes in no image; source: the image member of the API reference."""


class Image(NamedTuple):
    """An image's name and its JSON pointer."""

    name: str
    pointer: str
    is_of_version_1: bool = False

    def problem(self, message: str, fix: str, aws_text: str = "") -> Problem:
        """Return a problem of the image; that of version 1 is Elastic Beanstalk's to pull."""
        if not self.is_of_version_1:
            return Problem(message, self.pointer, fix=fix, aws_text=aws_text)
        tagged = self.name if tag_of(self.name) else f"{self.name}:latest"
        said = f"Failed to pull Docker image {shown(tagged)}"
        return Problem(message, self.pointer, fix=fix, aws_text=said, phase=SOURCE_BUNDLE)


class ReferenceProblem(NamedTuple):
    """Why an image name is none."""

    message: str
    fix: str
    aws_text: str = _PULL


def images(context: Context) -> Iterator[Image]:
    """Yield the images that the file names, whatever its version."""
    for container in context.containers:
        if container.image:
            yield Image(container.image, f"{container.pointer}/image")
    image = context.value.get("Image")
    if context.version == 1 and isinstance(image, dict) and isinstance(image.get("Name"), str):
        yield Image(image["Name"], "/Image/Name", is_of_version_1=True)


def is_placeholder(name: str) -> bool:
    """Return whether the name stands for one that a build has to fill in."""
    return bool(name) and _PLACEHOLDER.search(name) is not None


def is_reference(name: str) -> bool:
    """Return whether Docker could pull the name."""
    well_formed = bool(name) and not is_placeholder(name) and not FORBIDDEN.search(name)
    return well_formed and reference_problem(name) is None


def tag_of(name: str) -> str | None:
    """Return the tag, the digest for a pinned image, or ``None``."""
    if "@" in name:
        return name.partition("@")[2]
    found = _TAG.search(name.rpartition("/")[2])
    return found[1] if found else None


def reference_problem(name: str) -> ReferenceProblem | None:
    """Return why Docker cannot take the name, as far as ECS lets it through, or ``None``."""
    if not name or is_placeholder(name) or FORBIDDEN.search(name):
        return None
    return _form_problem(name)


def placeholder_words(name: str) -> str:
    """Return what ECS, or Docker in its place, says to a placeholder that it takes for a name."""
    if FORBIDDEN.search(name):
        return "Container.image contains invalid characters."
    problem = _form_problem(name)
    return problem.aws_text if problem is not None else "CannotPullContainerError"


def _form_problem(name: str) -> ReferenceProblem | None:
    if "://" in name:
        return ReferenceProblem("it is an address", f"Write {shown(name.partition('://')[2], 80)}.")
    if name.startswith("hub.docker.com/"):
        return ReferenceProblem("it is a web page of Docker Hub", "Write user/repository:tag.")
    rest, _, digest = name.partition("@")
    return _suffix_problem(rest, digest) or _repository_problem(_TAG.sub("", rest))


def _suffix_problem(rest: str, digest: str) -> ReferenceProblem | None:
    """Return what is wrong with the tag or the digest."""
    if digest and not _DIGEST.match(digest):
        fix = "Write @sha256: and the 64 digits of the digest."
        return ReferenceProblem("what follows its @ is no digest", fix)
    if rest.startswith(":") or rest.endswith("/"):
        text = "Container.image repository should not be null or empty"
        return ReferenceProblem("it has no repository", "Write repository:tag.", text)
    last = rest.rpartition("/")[2]
    if ":" in last and _TAG.search(last) is None:
        return ReferenceProblem("no tag stands after its colon", "Write a tag after the colon.")
    return None


def _repository_problem(rest: str) -> ReferenceProblem | None:
    host, slash, path = rest.partition("/")
    repository = path if slash and _HOST.match(host) else rest
    if _REPOSITORY.match(repository):
        return None
    if _REPOSITORY.match(repository.lower()):
        fix = "Write it in lower case, in the registry too."
        text = f"{_PULL}: repository name must be lowercase"
        return ReferenceProblem("a repository is in lower case", fix, text)
    return ReferenceProblem("it has no form that Docker knows", "Write registry/repository:tag.")
