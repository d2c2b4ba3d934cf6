"""Having the images that tasks need: present, built from the project, or pulled, in this order."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

from ..dockerrun.model import ContainerDefinition
from ..errors import ImageUnavailable
from ..project.dockerfile import Instruction, base_images, shared_start
from ..project.images import BuildRecipe, find_recipe
from ..project.settings import Settings
from .background import in_background
from .building import BuildFailed, build, relative
from .image_attempt import Attempt, Progress, inspect, is_current, silent, try_pull
from .stock_images import PROBE_IMAGE, managed_image, probe_image

if TYPE_CHECKING:
    from docker import DockerClient

__all__ = [
    "PROBE_IMAGE",
    "Progress",
    "ensure_images",
    "inspect",
    "is_current",
    "managed_image",
    "probe_image",
    "silent",
]

_AT_A_TIME = 2
_WAY_OUT = (
    "Have it with 'docker pull' or 'docker load', or say how it is built in "
    "[tool.multidocker.images]."
)


def ensure_images(
    client: DockerClient,
    wanted: Iterable[ContainerDefinition],
    project_dir: Path,
    settings: Settings,
    *,
    rebuild: bool = False,
    progress: Progress = silent,
) -> None:
    """Have the image of every container definition in ``wanted``.

    One that is present is taken, unless we built it ourselves and its files have changed since,
    ``rebuild`` is set, or the settings name a build that is not there. One that is not is built by
    the project's recipe, else pulled. What does not depend on another runs two at a time. Raises
    one :class:`ImageUnavailable` for all images that are not to be had, with what was tried for
    each.
    """
    job = _Job(client, project_dir, progress)
    for definition in wanted:
        job.plan(definition, settings, rebuild=rebuild)
    job.run()
    if failures := job.failures():
        raise ImageUnavailable("\n".join([*failures, _WAY_OUT]))


class _Job:
    """The builds and pulls of one call, and what became of them."""

    def __init__(self, client: DockerClient, project_dir: Path, progress: Progress) -> None:
        self._client = client
        self._project_dir = project_dir
        self._progress = progress
        self._recipes: dict[str, BuildRecipe] = {}
        self._attempts: dict[str, Attempt] = {}
        self._bases: set[str] = set()
        self._after: dict[str, set[str]] = {}
        self._failed: set[str] = set()

    def plan(self, definition: ContainerDefinition, settings: Settings, *, rebuild: bool) -> None:
        """Note what has to be done for the definition's image, if anything."""
        image = definition.image
        if image in self._attempts:
            return
        search = find_recipe(image, definition.name, self._project_dir, settings)
        present = inspect(self._client, image) is not None
        if present and not search.recipe:
            return
        why = "it is not present" if not present else "it is to be built anew"
        if present and search.recipe and not search.recipe.dockerfile.is_file():
            if not {image, definition.name} & settings.images.keys():
                return
            why = "it is present, but cannot be built as the settings say"
        elif search.recipe and not rebuild and is_current(self._client, search.recipe):
            return
        if search.recipe:
            self._recipes[image] = search.recipe
            self._attempts[image] = Attempt(image, [why])
        else:
            self._attempts[image] = Attempt(image, [why, *search.tried])

    def run(self) -> None:
        """Build and pull, each after what it depends on."""
        self._order()
        order = TopologicalSorter(self._after)
        try:
            order.prepare()
        except CycleError as error:
            images = " -> ".join(error.args[1])
            raise ImageUnavailable(f"These images are built from one another: {images}") from error
        ready: deque[str] = deque()
        running: dict[Future[bool], str] = {}
        while order.is_active():
            ready.extend(order.get_ready())
            while ready and len(running) < _AT_A_TIME:
                image = ready.popleft()
                running[in_background(partial(self._have, image))] = image
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                image = running.pop(done)
                if not done.result():
                    self._failed.add(image)
                order.done(image)

    def failures(self) -> list[str]:
        """Return the text of every attempt that failed."""
        return [
            attempt.text()
            for image, attempt in self._attempts.items()
            if image in self._failed and image not in self._bases
        ]

    def _order(self) -> None:
        """Find what must wait: for a base image, or a build that begins with the same layers."""
        self._after = {image: set() for image in self._attempts}
        last_with: dict[tuple[Instruction, ...], str] = {}
        for image, recipe in self._recipes.items():
            text = _read(recipe.dockerfile)
            for base in base_images(text):
                if self._must_have(base):
                    self._after[image].add(base)
            if start := shared_start(text):
                if start in last_with:
                    self._after[image].add(last_with[start])
                last_with[start] = image

    def _must_have(self, base: str) -> bool:
        if base in self._attempts:
            return True
        if inspect(self._client, base) is not None:
            return False
        self._bases.add(base)
        self._attempts[base] = Attempt(base)
        self._after[base] = set()
        return True

    def _have(self, image: str) -> bool:
        attempt = self._attempts[image]
        if failed := sorted(self._after[image] & self._failed):
            reasons = self._attempts[failed[0]].tried[-1:]
            attempt.tried.append(f"it was not built, because {failed[0]} is missing: {reasons[0]}")
            return False
        if image in self._recipes:
            return self._timed(image, lambda: self._build(attempt, self._recipes[image]))
        return try_pull(self._client, attempt, image, self._progress)

    def _build(self, attempt: Attempt, recipe: BuildRecipe) -> bool:
        self._progress(f"building {recipe.image} ({recipe.source})")
        try:
            build(self._client, recipe)
        except BuildFailed as failure:
            dockerfile = relative(recipe.dockerfile, self._project_dir)
            attempt.tried.append(
                f"building it from {dockerfile} ({recipe.source}) failed: {failure}"
            )
            return False
        return True

    def _timed(self, image: str, task: Callable[[], bool]) -> bool:
        began = time.monotonic()
        succeeded = task()
        if succeeded:
            self._progress(f"built {image} in {time.monotonic() - began:.1f} s")
        return succeeded


def _read(dockerfile: Path) -> str:
    try:
        return dockerfile.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""  # the build itself will say what is wrong with it
