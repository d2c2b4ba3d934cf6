"""What is tried to have one image: whether it is here, and pulling it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import ImageUnavailable
from ..project.images import BuildRecipe
from .building import CONTEXT_LABEL, context_digest
from .pulling import PullFailed, pull

if TYPE_CHECKING:
    from docker import DockerClient

Progress = Callable[[str], None]
"""Is given one line of text when something that takes seconds begins or ends."""


def silent(_line: str) -> None:
    """Take a line of progress and show it to nobody."""


@dataclass
class Attempt:
    """What was tried to have one image."""

    image: str
    tried: list[str] = field(default_factory=list)

    def error(self, way_out: str) -> ImageUnavailable:
        """Return the error that lists what was tried and names the way out."""
        return ImageUnavailable(f"{self.text()}\n{way_out}")

    def text(self) -> str:
        """Return the image and, a line each, what was tried."""
        entries = ("  - " + entry.replace("\n", "\n    ") for entry in self.tried)
        return "\n".join([f"The image {self.image} is not available:", *entries])


def inspect(client: DockerClient, image: str) -> dict[str, Any] | None:
    """Return what the engine knows of ``image``, or ``None`` where it has no such image."""
    from docker.errors import ImageNotFound

    try:
        found: dict[str, Any] = client.images.get(image).attrs
    except ImageNotFound:
        return None
    return found


def is_current(client: DockerClient, recipe: BuildRecipe) -> bool:
    """Whether the recipe's image is present and not older than the files it is built from.

    An image that we did not build is the user's own affair and always counts as current.
    """
    found = inspect(client, recipe.image)
    if found is None:
        return False
    if not recipe.dockerfile.is_file():
        return True
    built_from = (found.get("Config", {}).get("Labels") or {}).get(CONTEXT_LABEL)
    return built_from is None or built_from == context_digest(recipe)


def try_pull(client: DockerClient, attempt: Attempt, image: str, progress: Progress) -> bool:
    """Pull ``image``; note in ``attempt`` why that failed. Return whether the image is here."""
    progress(f"pulling {image}")
    try:
        pull(client, image)
    except PullFailed as failure:
        attempt.tried.append(f"pulling {image} failed: {failure}")
        return False
    return True
