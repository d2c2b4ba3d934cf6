from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from pytest_multidocker.dockerrun.model import ContainerDefinition
from pytest_multidocker.engine import images
from pytest_multidocker.engine.building import BuildFailed
from pytest_multidocker.engine.image_attempt import Attempt
from pytest_multidocker.errors import ImageUnavailable
from pytest_multidocker.project.images import BuildRecipe
from pytest_multidocker.project.settings import ImageSettings, Settings


class FakeEngine:
    """Has images, builds what does not fail and pulls what its registry has."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.present: set[str] = set()
        self.outdated: set[str] = set()
        self.registry: set[str] = set()
        self.failing: set[str] = set()
        self.done: list[str] = []
        self.at_once = 0
        self._running = 0
        self._lock = threading.Lock()
        monkeypatch.setattr(images, "inspect", self._inspect)
        monkeypatch.setattr(images, "is_current", self._is_current)
        monkeypatch.setattr(images, "build", self._build)
        monkeypatch.setattr(images, "try_pull", self._pull)

    def _inspect(self, _client: object, image: str) -> dict[str, Any] | None:
        return {"Id": image} if image in self.present else None

    def _is_current(self, _client: object, recipe: BuildRecipe) -> bool:
        return recipe.image in self.present - self.outdated

    def _build(self, _client: object, recipe: BuildRecipe) -> None:
        with self._lock:
            self._running += 1
            self.at_once = max(self.at_once, self._running)
        threading.Event().wait(0.02)
        with self._lock:
            self._running -= 1
            self.done.append(f"build {recipe.image}")
            if recipe.image in self.failing:
                raise BuildFailed("exit code 1\n| last line")
            self.present.add(recipe.image)

    def _pull(
        self, _client: object, attempt: Attempt, image: str, progress: images.Progress
    ) -> bool:
        progress(f"pulling {image}")
        self.done.append(f"pull {image}")
        if image in self.registry:
            self.present.add(image)
            return True
        attempt.tried.append(f"pulling {image} failed: not found")
        return False


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    return FakeEngine(monkeypatch)


def _project(folder: Path, **dockerfiles: str) -> None:
    for name, text in dockerfiles.items():
        (folder / name).mkdir()
        (folder / name / "Dockerfile").write_text(text)


def _ensure(folder: Path, *wanted: str, settings: Settings | None = None, **options: Any) -> None:
    definitions = [ContainerDefinition(name=name, image=f"shop/{name}:1") for name in wanted]
    client: Any = object()
    images.ensure_images(client, definitions, folder, settings or Settings(), **options)


def test_an_image_that_is_present_is_taken(tmp_path: Path, engine: FakeEngine) -> None:
    _project(tmp_path, web="FROM scratch\n")
    engine.present = {"shop/web:1", "shop/db:1"}
    _ensure(tmp_path, "web", "db")
    assert engine.done == []


@pytest.mark.parametrize(
    "setting", [ImageSettings("gone"), ImageSettings("web", dockerfile="Nope")]
)
@pytest.mark.parametrize("name", ["shop/web:1", "web"])
def test_one_that_is_present_has_to_be_built_as_the_settings_say(
    tmp_path: Path, engine: FakeEngine, setting: ImageSettings, name: str
) -> None:
    _project(tmp_path, web="FROM scratch\n")
    engine.present = {"shop/web:1"}
    engine.failing = {"shop/web:1"}
    with pytest.raises(ImageUnavailable, match="present, but cannot be built as the settings say"):
        _ensure(tmp_path, "web", settings=Settings(images={name: setting}))


def test_one_that_is_present_is_taken_though_a_compose_file_cannot_build_it(
    tmp_path: Path, engine: FakeEngine
) -> None:
    (tmp_path / "compose.yaml").write_text("services: {w: {image: 'shop/web:1', build: gone}}")
    engine.present = {"shop/web:1"}
    _ensure(tmp_path, "web")
    assert engine.done == []


def test_one_whose_files_changed_is_built_anew(tmp_path: Path, engine: FakeEngine) -> None:
    _project(tmp_path, web="FROM scratch\n")
    engine.present = engine.outdated = {"shop/web:1"}
    _ensure(tmp_path, "web")
    assert engine.done == ["build shop/web:1"]


def test_rebuild_builds_what_has_a_recipe(tmp_path: Path, engine: FakeEngine) -> None:
    _project(tmp_path, web="FROM scratch\n")
    engine.present = {"shop/web:1", "shop/db:1"}
    _ensure(tmp_path, "web", "db", rebuild=True)
    assert engine.done == ["build shop/web:1"]


def test_what_has_no_recipe_is_pulled_once(tmp_path: Path, engine: FakeEngine) -> None:
    engine.registry = {"shop/db:1"}
    lines: list[str] = []
    _ensure(tmp_path, "db", "db", progress=lines.append)
    assert engine.done == ["pull shop/db:1"]
    assert lines == ["pulling shop/db:1"]


def test_independent_builds_run_two_at_a_time(tmp_path: Path, engine: FakeEngine) -> None:
    names = ("a", "b", "c", "d")
    _project(tmp_path, **dict.fromkeys(names, "FROM scratch\n"))
    _ensure(tmp_path, *names)
    assert sorted(engine.done) == [f"build shop/{name}:1" for name in names]
    assert engine.at_once == 2


def test_builds_that_begin_with_the_same_layers_follow_one_another(
    tmp_path: Path, engine: FakeEngine
) -> None:
    engine.present = {"debian"}
    same = "FROM debian\nRUN apt-get install python3\nCOPY . .\n"
    _project(tmp_path, a=same, b=same, c=same)
    _ensure(tmp_path, "a", "b", "c")
    assert engine.done == [f"build shop/{name}:1" for name in ("a", "b", "c")]
    assert engine.at_once == 1


def test_a_base_image_comes_first(tmp_path: Path, engine: FakeEngine) -> None:
    engine.registry = {"debian:12"}
    _project(tmp_path, app="FROM shop/base:1\n", base="FROM debian:12\n")
    _ensure(tmp_path, "app", "base")
    assert engine.done == ["pull debian:12", "build shop/base:1", "build shop/app:1"]


def test_all_that_is_missing_is_told_in_one_error(tmp_path: Path, engine: FakeEngine) -> None:
    _project(tmp_path, web="FROM scratch\n", job="FROM gone:1\n")
    engine.failing = {"shop/web:1"}
    with pytest.raises(ImageUnavailable) as caught:
        _ensure(tmp_path, "web", "job", "db")
    assert str(caught.value).splitlines() == [
        "The image shop/web:1 is not available:",
        "  - it is not present",
        "  - building it from web/Dockerfile (the folder web/) failed: exit code 1",
        "    | last line",
        "The image shop/job:1 is not available:",
        "  - it is not present",
        "  - it was not built, because gone:1 is missing: pulling gone:1 failed: not found",
        "The image shop/db:1 is not available:",
        "  - it is not present",
        "  - the settings have no entry for it in [tool.multidocker.images]",
        "  - .travis.yml has no 'docker build -t shop/db:1'",
        "  - .github/workflows has no 'docker build -t shop/db:1'",
        "  - no compose file builds a service with this image",
        "  - there is no db/Dockerfile",
        "  - pulling shop/db:1 failed: not found",
        (
            "Have it with 'docker pull' or 'docker load', or say how it is built in "
            "[tool.multidocker.images]."
        ),
    ]


def test_images_that_are_built_from_one_another_are_refused(
    tmp_path: Path, engine: FakeEngine
) -> None:
    _project(tmp_path, a="FROM shop/b:1\n", b="FROM shop/a:1\n")
    with pytest.raises(ImageUnavailable, match="These images are built from one another"):
        _ensure(tmp_path, "a", "b")
    assert engine.done == []
