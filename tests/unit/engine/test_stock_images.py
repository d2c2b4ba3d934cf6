from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pytest_multidocker.engine import stock_images
from pytest_multidocker.engine.image_attempt import Attempt, Progress
from pytest_multidocker.errors import ImageUnavailable


class FakeEngine:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.present: set[str] = set()
        self.registry: set[str] = set()
        self.busybox: bytes | None = b"busybox"
        self.built: dict[str, dict[str, bytes]] = {}
        self.client: Any = SimpleNamespace(info=lambda: {"Architecture": "x86_64"})
        monkeypatch.setattr(stock_images, "inspect", lambda _, image: image in self.present)
        monkeypatch.setattr(stock_images, "try_pull", self._pull)
        monkeypatch.setattr(stock_images, "build_files", self._build)
        monkeypatch.setattr(
            stock_images,
            "find_static_busybox",
            lambda _: (self.busybox, [] if self.busybox else ["this machine has no busybox"]),
        )

    def _pull(self, _client: object, attempt: Attempt, image: str, _progress: Progress) -> bool:
        attempt.tried.append(f"pulling {image} failed: no such host")
        return image in self.registry

    def _build(self, _client: object, image: str, files: dict[str, bytes]) -> None:
        self.built[image] = files


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    return FakeEngine(monkeypatch)


@pytest.mark.parametrize(
    ("present", "chosen"),
    [
        ({"postgres:15.4", "postgres:15", "multidocker-postgres:15"}, "postgres:15.4"),
        ({"postgres:15", "multidocker-postgres:15"}, "postgres:15"),
        ({"postgres:14", "multidocker-postgres:15"}, "multidocker-postgres:15"),
    ],
)
def test_the_official_image_comes_before_ours(
    engine: FakeEngine, present: set[str], chosen: str
) -> None:
    engine.present = present
    assert stock_images.managed_image(engine.client, "postgres", "15.4") == chosen


def test_the_configured_image_is_the_only_candidate(engine: FakeEngine) -> None:
    engine.present = {"redis:7", "mine:1"}
    assert stock_images.managed_image(engine.client, "redis", "7", configured="mine:1") == "mine:1"
    with pytest.raises(ImageUnavailable, match=r"(?s)mine:2 is not .*'docker pull'"):
        stock_images.managed_image(engine.client, "redis", "7", configured="mine:2")


def test_what_is_not_present_is_pulled(engine: FakeEngine) -> None:
    engine.registry = {"redis:7.1"}
    assert stock_images.managed_image(engine.client, "redis", "7.1") == "redis:7.1"


def test_without_a_registry_the_recipe_is_named(engine: FakeEngine) -> None:
    with pytest.raises(ImageUnavailable) as caught:
        stock_images.managed_image(engine.client, "redis", "7")
    assert str(caught.value) == (
        "The image redis:7 is not available:\n"
        "  - none of redis:7, multidocker-redis:7 is present\n"
        "  - pulling redis:7 failed: no such host\n"
        "Without a registry, make multidocker-redis:7 with 'python fixtures/images/make.py redis' "
        'in the source of pytest-multidocker, or name an image in the settings (image = "...").'
    )


def test_only_a_version_that_is_made_is_advised(engine: FakeEngine) -> None:
    with pytest.raises(ImageUnavailable) as caught:
        stock_images.managed_image(engine.client, "postgres", "99")
    assert (
        str(caught.value)
        .splitlines()[-1]
        .startswith(
            "Without a registry, take the engine version 15 and make multidocker-postgres:15 with"
        )
    )


def test_the_probe_is_built_once_from_a_static_busybox(engine: FakeEngine) -> None:
    assert stock_images.probe_image(engine.client) == "multidocker-probe:1"
    files = engine.built["multidocker-probe:1"]
    assert files["busybox"] == b"busybox"
    assert files["Dockerfile"].startswith(b"FROM scratch\nCOPY busybox /bin/busybox\n")
    engine.built.clear()
    engine.present = {"multidocker-probe:1"}
    stock_images.probe_image(engine.client)
    assert engine.built == {}


def test_without_a_static_busybox_the_registrys_is_the_base(engine: FakeEngine) -> None:
    engine.busybox = None
    engine.registry = {"busybox:stable-musl"}
    stock_images.probe_image(engine.client)
    assert list(engine.built["multidocker-probe:1"]) == ["Dockerfile"]
    assert engine.built["multidocker-probe:1"]["Dockerfile"].startswith(b"FROM busybox:stable-musl")


def test_without_any_busybox_the_way_out_is_named(engine: FakeEngine) -> None:
    engine.busybox = None
    with pytest.raises(ImageUnavailable) as caught:
        stock_images.probe_image(engine.client)
    assert str(caught.value) == (
        "The image multidocker-probe:1 is not available:\n"
        "  - this machine has no busybox\n"
        "  - pulling busybox:stable-musl failed: no such host\n"
        "Install Debian's busybox-static, or load the image with 'docker load'."
    )
