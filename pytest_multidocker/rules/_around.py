"""The project around a Dockerrun file, read when a rule first asks for a part of it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

from ..dockerrun import ContainerDefinition, Span, Volume
from ..errors import MultidockerError
from ..project.ci import Deploy, Push, deploys, pushes
from ..project.ci_keys import ClearKey, clear_keys
from ..project.compose import Service, services
from ..project.dockerfile import copies, exposed_ports, variables
from ..project.ebextensions import environment_properties
from ..project.files import read
from ..project.images import BuildRecipe, Recipes
from ..project.nginx import Peer, SyntaxProblem, peers, syntax_problems
from ..project.settings import SETTINGS_FILE, Settings, read_settings, settings_folder
from ..project.toml_lines import line_of

_LOG = logging.getLogger(__name__)
_FOLDER_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}\Z")
_NGINX = "/etc/nginx"
_BUNDLE = "/var/app/current"
"""Where Elastic Beanstalk unpacks the source bundle, which is the project's folder."""


class Around:
    """What stands in the project's folder; what cannot be read counts as not there."""

    def __init__(self, folder: Path, volumes: Sequence[Volume]) -> None:
        self.folder = folder
        self._sources = {volume.name: volume.source_path for volume in volumes}
        self._recipes: dict[str, BuildRecipe | None] = {}

    @cached_property
    def settings(self) -> Settings:
        """The project's settings, or the defaults."""
        try:
            return read_settings(self._settings_folder)
        except MultidockerError as error:
            _LOG.debug("%s", error)
            return Settings()

    def setting(self, *path: str) -> tuple[str, Span]:
        """Return the settings' file and the line of a key under ``[tool.multidocker]``."""
        file = self._settings_folder / SETTINGS_FILE
        text = read(file, errors="replace")
        number = line_of(text, ("tool", "multidocker", *path)) or 1
        line = text.splitlines()[number - 1] if text else ""
        start = len(line) - len(line.lstrip()) + 1
        return str(file), Span(number, start, number, max(len(line.rstrip()), start) + 1)

    @cached_property
    def _settings_folder(self) -> Path:
        return settings_folder(self.folder)

    @cached_property
    def services(self) -> list[Service]:
        """The services of the compose file."""
        return services(self.folder)

    @cached_property
    def pushes(self) -> list[Push]:
        """The images that the CI files push."""
        return pushes(self.folder)

    @cached_property
    def deploys(self) -> list[Deploy]:
        """The deploys of the CI files to Elastic Beanstalk."""
        return deploys(self.folder)

    @cached_property
    def clear_keys(self) -> list[ClearKey]:
        """The AWS keys that stand in the CI files in clear text."""
        return clear_keys(self.folder)

    @cached_property
    def _builds(self) -> Recipes:
        return Recipes(self.folder, self.settings, self._settings_folder)

    @cached_property
    def properties(self) -> dict[str, str]:
        """The environment properties that the settings and ``.ebextensions`` set."""
        return {**environment_properties(self.folder), **self.settings.environment}

    def recipe(self, container: ContainerDefinition) -> BuildRecipe | None:
        """Return how the project builds the container's image, if it does."""
        if container.name not in self._recipes:
            self._recipes[container.name] = self._find_recipe(container)
        return self._recipes[container.name]

    def _find_recipe(self, container: ContainerDefinition) -> BuildRecipe | None:
        if not _FOLDER_NAME.match(container.name):
            return None
        try:
            recipe = self._builds.find(container.image, container.name).recipe
        except (OSError, ValueError, RecursionError) as error:
            # Paths that the system refuses, and YAML with impossible dates or bottomless nesting.
            _LOG.debug("the builds of %s are not read: %s", self.folder, error)
            return None
        if recipe is not None and not is_file(recipe.dockerfile):
            _LOG.debug("%s names %s, which is not there", recipe.source, recipe.dockerfile)
            return None
        return recipe

    def peers(self, container: ContainerDefinition) -> list[Peer]:
        """Return the hosts that the container's nginx passes requests to, if it is one."""
        return peers(self._configurations(container))

    def nginx_problems(self, container: ContainerDefinition) -> list[SyntaxProblem]:
        """Return what the container's nginx cannot read, if it is one."""
        return syntax_problems(self._configurations(container))

    def exposed(self, container: ContainerDefinition) -> frozenset[int] | None:
        """Return the ports that the container's image exposes, ``None`` if that cannot be told."""
        return exposed_ports(self._dockerfile(container))

    def built_in(self, container: ContainerDefinition) -> set[str]:
        """Return the names of the variables that the container's own Dockerfile sets."""
        return variables(self._dockerfile(container))

    def _dockerfile(self, container: ContainerDefinition) -> str:
        recipe = self.recipe(container)
        return read(recipe.dockerfile, errors="replace") if recipe is not None else ""

    def bundled(self, path: str) -> Path | None:
        """Return the project's path that an instance has as ``path``, if it is of the bundle."""
        inside = path == _BUNDLE or path.startswith(f"{_BUNDLE}/")
        if not inside or ".." in path.split("/"):
            return None
        return self.folder / path[len(_BUNDLE) :].strip("/")

    def _configurations(self, container: ContainerDefinition) -> list[Path]:
        return list(dict.fromkeys([*self._copied(container), *self._mounted(container)]))

    def _copied(self, container: ContainerDefinition) -> Iterator[Path]:
        """Yield the files that the image's build copies to nginx's folder."""
        recipe = self.recipe(container)
        if recipe is None:
            return
        for copy in copies(self._dockerfile(container)):
            if copy.target.startswith(_NGINX):
                for source in copy.sources:
                    yield from _configurations(recipe.context / source.strip("/"))

    def _mounted(self, container: ContainerDefinition) -> Iterator[Path]:
        """Yield the files of the source bundle that are mounted at nginx's folder."""
        for mount in container.mount_points:
            if mount.container_path.startswith(_NGINX):
                place = self.bundled(self._sources.get(mount.source_volume) or "")
                if place is not None:
                    yield from _configurations(place)


def _configurations(place: Path) -> Iterator[Path]:
    """Yield the nginx files at a place: it, those in it, or those that its pattern matches."""
    try:
        if place.is_file():
            yield place
        elif place.is_dir() or "*" in place.name:
            found = place.glob("*.conf") if place.is_dir() else place.parent.glob(place.name)
            yield from sorted(file for file in found if file.is_file())
    except (OSError, ValueError, IndexError) as error:  # a name too long, a pattern that is none
        _LOG.debug("%s is not looked at: %s", place, error)


def is_file(path: Path) -> bool:
    """Return whether there is a file; a path that the system refuses is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def exists(path: Path) -> bool:
    """Return whether there is something; a path that the system refuses is nothing."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
