"""Which build makes an image of the project."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .docker_builds import DockerBuild, docker_builds
from .files import read
from .settings import Settings

_COMPOSE_FILES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")


@dataclass(frozen=True)
class BuildRecipe:
    """One build of an image, as ``docker build`` would be asked for it."""

    image: str
    context: Path
    """The folder that is sent to the engine."""
    dockerfile: Path
    source: str
    """Where the recipe was found, fit for a message, such as ``.travis.yml:12``."""
    build_args: tuple[tuple[str, str], ...] = ()
    target: str | None = None
    """The stage to stop at; ``None`` is the last one."""


@dataclass(frozen=True)
class RecipeSearch:
    """The outcome of a search for a recipe."""

    recipe: BuildRecipe | None
    tried: tuple[str, ...]
    """A line for each place that was looked at and had none."""


@dataclass(frozen=True)
class _Wanted:
    image: str
    container: str
    folder: Path
    settings: Settings
    recipes: Recipes


def find_recipe(
    image: str, container_name: str, project_dir: Path, settings: Settings
) -> RecipeSearch:
    """Return what `Recipes.find` does, for one image."""
    return Recipes(project_dir, settings).find(image, container_name)


class Recipes:
    """The recipes of a project, whose files are read once for all images."""

    def __init__(
        self, project_dir: Path, settings: Settings, settings_folder: Path | None = None
    ) -> None:
        self._folder = project_dir
        self._settings = settings
        self.settings_folder = settings_folder or project_dir

    def find(self, image: str, container_name: str) -> RecipeSearch:
        """Return the first recipe for ``image`` among the project's files, and where none was.

        Looked at, in this order: the settings, ``.travis.yml``, the GitHub workflows, the compose
        file, and the folder of the container's name. The files named need not exist.
        """
        wanted = _Wanted(image, container_name, self._folder, self._settings, self)
        tried: list[str] = []
        for place, search in _SEARCHES.items():
            recipe = next(search(wanted), None)
            if recipe is not None:
                return RecipeSearch(recipe, tuple(tried))
            tried.append(place.format(image=image, container=container_name))
        return RecipeSearch(None, tuple(tried))

    @cached_property
    def travis(self) -> list[tuple[Path, DockerBuild]]:
        """The builds of ``.travis.yml``."""
        return _builds([self._folder / ".travis.yml"])

    @cached_property
    def workflows(self) -> list[tuple[Path, DockerBuild]]:
        """The builds of the GitHub workflows."""
        folder = self._folder / ".github" / "workflows"
        return _builds(sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")]))

    @cached_property
    def services(self) -> list[tuple[str, str, Mapping[str, Any]]]:
        """The services of the compose files: the file's name, the service's, and its entry."""
        return [
            (name, service, _table(entry))
            for name in _COMPOSE_FILES
            for service, entry in _table(_load(self._folder / name).get("services")).items()
        ]


def _builds(files: list[Path]) -> list[tuple[Path, DockerBuild]]:
    return [(file, build) for file in files for build in docker_builds(read(file))]


def _in_settings(wanted: _Wanted) -> Iterator[BuildRecipe]:
    for name in (wanted.image, wanted.container):
        if entry := wanted.settings.images.get(name):
            context = wanted.recipes.settings_folder / entry.context
            yield BuildRecipe(
                image=wanted.image,
                context=context,
                # As in a compose file, the Dockerfile is named relative to the context.
                dockerfile=context / (entry.dockerfile or "Dockerfile"),
                source=f"[tool.multidocker.images] {name}",
                build_args=entry.args,
                target=entry.target,
            )


def _in_travis(wanted: _Wanted) -> Iterator[BuildRecipe]:
    return _in_ci(wanted, wanted.recipes.travis)


def _in_workflows(wanted: _Wanted) -> Iterator[BuildRecipe]:
    return _in_ci(wanted, wanted.recipes.workflows)


def _in_ci(wanted: _Wanted, builds: list[tuple[Path, DockerBuild]]) -> Iterator[BuildRecipe]:
    for file, build in builds:
        context = wanted.folder / build.context
        if build.makes(wanted.image) and build.context and context.is_dir():
            dockerfile = wanted.folder / build.dockerfile if build.dockerfile else None
            yield BuildRecipe(
                image=wanted.image,
                context=context,
                dockerfile=dockerfile or context / "Dockerfile",
                source=f"{file.relative_to(wanted.folder).as_posix()}:{build.line}",
                build_args=build.build_args,
                target=build.target,
            )


def _in_compose(wanted: _Wanted) -> Iterator[BuildRecipe]:
    for name, service, entry in wanted.recipes.services:
        build = entry.get("build")
        if build and entry.get("image") == wanted.image:
            yield _compose_recipe(wanted, build, f"{name}, service {service}")


def _compose_recipe(wanted: _Wanted, build: Any, source: str) -> BuildRecipe:
    options = _table(build) if isinstance(build, dict) else {"context": str(build)}
    context = wanted.folder / str(options.get("context", "."))
    args = options.get("args") or {}
    pairs = (
        args.items() if isinstance(args, dict) else (str(arg).partition("=")[::2] for arg in args)
    )
    return BuildRecipe(
        image=wanted.image,
        context=context,
        dockerfile=context / str(options.get("dockerfile") or "Dockerfile"),
        source=source,
        build_args=tuple((str(name), str(value)) for name, value in pairs),
        target=options.get("target"),
    )


def _in_folder(wanted: _Wanted) -> Iterator[BuildRecipe]:
    folder = wanted.folder / wanted.container
    if wanted.container and (folder / "Dockerfile").is_file():
        yield BuildRecipe(
            image=wanted.image,
            context=folder,
            dockerfile=folder / "Dockerfile",
            source=f"the folder {wanted.container}/",
        )


_SEARCHES: dict[str, Callable[[_Wanted], Iterator[BuildRecipe]]] = {
    "the settings have no entry for it in [tool.multidocker.images]": _in_settings,
    ".travis.yml has no 'docker build -t {image}'": _in_travis,
    ".github/workflows has no 'docker build -t {image}'": _in_workflows,
    "no compose file builds a service with this image": _in_compose,
    "there is no {container}/Dockerfile": _in_folder,
}


def _load(file: Path) -> dict[str, Any]:
    text = read(file)
    if not text:
        return {}
    import yaml

    try:
        return _table(yaml.safe_load(text))
    except (yaml.YAMLError, ValueError, RecursionError):  # impossible dates, bottomless nesting
        return {}


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
