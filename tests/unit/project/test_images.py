from __future__ import annotations

from pathlib import Path

import pytest

from pytest_multidocker.project.images import BuildRecipe, find_recipe
from pytest_multidocker.project.settings import ImageSettings, Settings

IMAGE = "shop/web:1"


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


PLACES: dict[str, dict[str, str]] = {
    ".travis.yml": {".travis.yml": f"script:\n  - docker build -t {IMAGE} -f D a\n", "a/x": ""},
    "workflow": {
        ".github/workflows/ci.yml": f"x:\n  run: docker build -t {IMAGE} --target t b\n",
        "b/x": "",
    },
    "compose": {
        "docker-compose.yml": f"services:\n  any:\n    image: {IMAGE}\n"
        "    build: {context: c, dockerfile: D, target: t, args: [N=1, M]}\n"
    },
    "folder": {"web/Dockerfile": "FROM scratch\n"},
}


def test_the_settings_come_first_then_ci_then_compose_then_the_folder(tmp_path: Path) -> None:
    for files in PLACES.values():
        _write(tmp_path, files)
    settings = Settings(images={IMAGE: ImageSettings("s", "D", "t", (("N", "1"),))})
    found = [find_recipe(IMAGE, "web", tmp_path, settings).recipe]
    for file in (".travis.yml", ".github/workflows/ci.yml", "docker-compose.yml", "web/Dockerfile"):
        found.append(find_recipe(IMAGE, "web", tmp_path, Settings()).recipe)
        (tmp_path / file).unlink()
    assert found == [
        BuildRecipe(
            IMAGE,
            tmp_path / "s",
            tmp_path / "s/D",
            f"[tool.multidocker.images] {IMAGE}",
            (("N", "1"),),
            "t",
        ),
        BuildRecipe(IMAGE, tmp_path / "a", tmp_path / "D", ".travis.yml:2"),
        BuildRecipe(
            IMAGE,
            tmp_path / "b",
            tmp_path / "b/Dockerfile",
            ".github/workflows/ci.yml:2",
            (),
            "t",
        ),
        BuildRecipe(
            IMAGE,
            tmp_path / "c",
            tmp_path / "c/D",
            "docker-compose.yml, service any",
            (("N", "1"), ("M", "")),
            "t",
        ),
        BuildRecipe(IMAGE, tmp_path / "web", tmp_path / "web/Dockerfile", "the folder web/"),
    ]


def test_the_settings_may_name_the_container(tmp_path: Path) -> None:
    settings = Settings(images={"web": ImageSettings("s")})
    recipe = find_recipe(IMAGE, "web", tmp_path, settings).recipe
    assert recipe is not None
    assert recipe.dockerfile == tmp_path / "s/Dockerfile"


def test_without_a_recipe_every_place_is_listed(tmp_path: Path) -> None:
    search = find_recipe(IMAGE, "web", tmp_path, Settings())
    assert search.recipe is None
    assert search.tried == (
        "the settings have no entry for it in [tool.multidocker.images]",
        ".travis.yml has no 'docker build -t shop/web:1'",
        ".github/workflows has no 'docker build -t shop/web:1'",
        "no compose file builds a service with this image",
        "there is no web/Dockerfile",
    )


@pytest.mark.parametrize(
    "files",
    [
        {"docker-compose.yml": "services: ["},
        {"docker-compose.yml": "- a list"},
        {"docker-compose.yml": f"services: {{web: {{image: '{IMAGE}'}}}}"},
        {"docker-compose.yml": "services: {web: {build: web}}"},
        {".travis.yml": f"script: docker build -t {IMAGE} not-a-folder"},
        {".travis.yml": f"script: docker build -t {IMAGE} https://example.org/repo.git"},
    ],
)
def test_files_that_say_nothing_of_use_are_passed_over(
    tmp_path: Path, files: dict[str, str]
) -> None:
    _write(tmp_path, files)
    assert find_recipe(IMAGE, "web", tmp_path, Settings()).recipe is None


def test_the_sample_app_is_built_by_its_travis_file() -> None:
    sample = Path(__file__).parents[3] / "sample_app"
    recipe = find_recipe("multidocker-sample/multi-client:1.0", "client", sample, Settings()).recipe
    assert recipe is not None
    assert recipe.context == sample / "client"
    assert recipe.source == ".travis.yml:14"
