from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docker.errors import APIError

from pytest_multidocker.engine.building import CONTEXT_LABEL, BuildFailed, build, context_digest
from pytest_multidocker.project.images import BuildRecipe


def _recipe(folder: Path, **options: Any) -> BuildRecipe:
    (folder / "Dockerfile").write_text("FROM scratch\n")
    (folder / "app.py").write_text("print()\n")
    return BuildRecipe("web:1", folder, folder / "Dockerfile", "a test", **options)


class FakeImages:
    """The images of an engine: one that had the name before, or none."""

    def __init__(self, before: Any = None) -> None:
        self._before = before
        self.removed: list[str] = []

    def get(self, _name: str) -> Any:
        from docker.errors import ImageNotFound

        if self._before is None:
            raise ImageNotFound("no such image")
        return self._before

    def remove(self, image: str) -> None:
        self.removed.append(image)


def _client(*lines: dict[str, Any], before: Any = None) -> Any:
    api = SimpleNamespace(build=lambda **_: iter(lines))
    return SimpleNamespace(api=api, images=FakeImages(before))


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "app.py").write_text("print(1)\n"),
        lambda folder: (folder / "app.py").chmod(0o755),
        lambda folder: (folder / "new.py").write_text(""),
        lambda folder: (folder / "app.py").rename(folder / "renamed.py"),
        lambda folder: (folder / "link").symlink_to("app.py"),
        lambda folder: (folder / "Dockerfile").write_text("FROM debian\n"),
    ],
)
def test_every_change_of_what_a_build_reads_changes_the_digest(
    tmp_path: Path, change: Callable[[Path], object]
) -> None:
    recipe = _recipe(tmp_path)
    before = context_digest(recipe)
    assert context_digest(recipe) == before
    change(tmp_path)
    assert context_digest(recipe) != before


def test_the_recipes_options_count_too(tmp_path: Path) -> None:
    plain = context_digest(_recipe(tmp_path))
    assert context_digest(_recipe(tmp_path, target="test")) != plain
    assert context_digest(_recipe(tmp_path, build_args=(("N", "1"),))) != plain


def test_what_dockerignore_leaves_out_does_not_count(tmp_path: Path) -> None:
    recipe = _recipe(tmp_path)
    (tmp_path / ".dockerignore").write_text("# comment\n*.log\n")
    before = context_digest(recipe)
    (tmp_path / "debug.log").write_text("x")
    assert context_digest(recipe) == before


def test_a_failed_build_tells_its_last_twenty_lines(tmp_path: Path) -> None:
    lines = [{"stream": f"line {number}\n"} for number in range(30)]
    with pytest.raises(BuildFailed) as caught:
        build(_client(*lines, {"error": "exit code 1"}), _recipe(tmp_path))
    text = str(caught.value).splitlines()
    assert text[0] == "exit code 1"
    assert text[1:] == [f"| line {number}" for number in range(10, 30)]


def test_a_refused_build_tells_the_words_of_the_engine_alone(tmp_path: Path) -> None:
    def refuse(**_: Any) -> None:
        raise APIError(
            "400 Client Error for http+docker://x/build", None, "unknown target stage: x"
        )

    client: Any = SimpleNamespace(api=SimpleNamespace(build=refuse), images=FakeImages())
    with pytest.raises(BuildFailed, match=r"^unknown target stage: x$"):
        build(client, _recipe(tmp_path))


def test_a_build_that_ends_without_error_is_a_success(tmp_path: Path) -> None:
    build(_client({"stream": "Successfully built"}, {"aux": {}}), _recipe(tmp_path))


@pytest.mark.parametrize(
    ("labels", "tags", "removed"),
    [
        ({CONTEXT_LABEL: "x"}, [], ["sha256:old"]),
        ({CONTEXT_LABEL: "x"}, ["other:1"], []),
        ({}, [], []),
    ],
)
def test_an_image_of_ours_that_lost_its_name_is_removed(
    tmp_path: Path, labels: dict[str, str], tags: list[str], removed: list[str]
) -> None:
    before = SimpleNamespace(id="sha256:old", labels=labels, tags=tags, reload=lambda: None)
    client = _client(before=before)
    build(client, _recipe(tmp_path))
    assert client.images.removed == removed


def test_what_is_not_there_is_named_before_the_engine_is_asked(tmp_path: Path) -> None:
    recipe = BuildRecipe("web:1", tmp_path / "gone", tmp_path / "gone/Dockerfile", "a test")
    with pytest.raises(BuildFailed, match=r"the build context .*/gone is not a folder"):
        build(_client(), recipe)
    recipe = BuildRecipe("web:1", tmp_path, tmp_path / "Dockerfile", "a test")
    with pytest.raises(BuildFailed, match=r"there is no .*/Dockerfile"):
        build(_client(), recipe)
