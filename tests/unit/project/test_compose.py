# ruff: noqa: E501 - texts of files as they stand
from __future__ import annotations

from pathlib import Path

import pytest

from pytest_multidocker.project.compose import compose_file, services

TEXT = """\
x-env: &env
  HOST: db
services:
  web:
    build: ./web
    environment:
      <<: *env
      PORT: 80
  api:
    image: example/api:1.0
    build: {context: server}
    environment: ["A=1", B]
  db: {image: "postgres:15"}
"""


def test_services_have_image_folder_and_variables(tmp_path: Path) -> None:
    (tmp_path / "docker-compose.yml").write_text(TEXT)
    web, api, db = services(tmp_path)
    assert (web.name, web.image, web.context) == ("web", "", tmp_path / "web")
    assert [tuple(each) for each in web.variables] == [("HOST", 2, 3), ("PORT", 8, 7)]
    assert (api.image, api.context) == ("example/api:1.0", tmp_path / "server")
    assert [tuple(each) for each in api.variables] == [("A", 12, 19), ("B", 12, 26)]
    assert (db.image, db.context, db.variables) == ("postgres:15", None, ())


def test_the_newer_name_goes_first(tmp_path: Path) -> None:
    for name in ("docker-compose.yml", "compose.yaml"):
        (tmp_path / name).write_text("services: {}")
    assert compose_file(tmp_path) == tmp_path / "compose.yaml"


@pytest.mark.parametrize(
    "text",
    ["", "- a", "services: 3", "services: [a]", "services: {web: }", "services: {web: [1]}", "a: &a [*a]",
     "services: &s {web: *s}", "\x00", "{", "services: {web: {build: {}, environment: {a: {b: c}}}}"],
)  # fmt: skip
def test_what_is_no_compose_file_has_no_variables(tmp_path: Path, text: str) -> None:
    (tmp_path / "compose.yml").write_text(text)
    assert all(each.context is None for each in services(tmp_path))


def test_no_file_has_no_services(tmp_path: Path) -> None:
    assert services(tmp_path) == []


def test_aliases_of_aliases_stay_small(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    (tmp_path / "compose.yml").write_text("\n".join([*lines, "services: {web: {image: i}}"]))
    assert [each.image for each in services(tmp_path)] == ["i"]


def test_a_folder_that_is_no_path_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "compose.yml").write_text('services: {web: {build: "a\\0b/../c"}}')
    (service,) = services(tmp_path)
    assert service.context == tmp_path / "c"
