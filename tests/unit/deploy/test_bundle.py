"""What lies in a source bundle."""

from __future__ import annotations

import io
import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from pytest_multidocker.deploy import bundle
from pytest_multidocker.deploy.bundle import make_bundle
from pytest_multidocker.errors import DeployError


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write(tmp_path, "Dockerrun.aws.json", "{}")
    write(tmp_path, "nginx/default.conf", "server {}")
    write(tmp_path, ".ebextensions/options.config", "option_settings: {}")
    write(tmp_path, ".git/config", "")
    write(tmp_path, ".multidocker/credentials", "secret")
    return tmp_path


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def names(content: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(content)).namelist()


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", folder, *words], check=True, capture_output=True)


def test_the_dockerrun_file_lies_at_the_root_whatever_it_is_called(project: Path) -> None:
    other = write(project, "deploy/production.json", '{"AWSEBDockerrunVersion": 2}')

    made = make_bundle(project, other)

    archive = zipfile.ZipFile(io.BytesIO(made.content))
    assert archive.read("Dockerrun.aws.json") == other.read_bytes()


def test_no_repository_s_and_no_secret_file_is_in_it(project: Path) -> None:
    made = make_bundle(project, project / "Dockerrun.aws.json")

    expected = [".ebextensions/options.config", "Dockerrun.aws.json", "nginx/default.conf"]
    assert names(made.content) == expected


def test_what_git_ignores_stays_out(project: Path) -> None:
    write(project, ".gitignore", "*.log\n")
    write(project, "debug.log", "x")
    git(project, "init", "-q")

    assert "debug.log" not in names(make_bundle(project, project / "Dockerrun.aws.json").content)


def test_an_ebignore_file_counts_in_the_place_of_gitignore(project: Path) -> None:
    write(project, ".gitignore", "*.log\n")
    write(project, ".ebignore", "nginx/\n")
    write(project, "debug.log", "x")
    (project / ".git" / "config").unlink()
    git(project, "init", "-q")
    git(project, "add", "nginx")

    found = names(make_bundle(project, project / "Dockerrun.aws.json").content)
    assert "debug.log" in found
    assert "nginx/default.conf" not in found


def test_the_same_files_give_the_same_version(project: Path) -> None:
    first = make_bundle(project, project / "Dockerrun.aws.json")
    os.utime(project / "nginx" / "default.conf", (1, 1))

    assert make_bundle(project, project / "Dockerrun.aws.json") == first
    write(project, "nginx/default.conf", "server { listen 80; }")
    assert make_bundle(project, project / "Dockerrun.aws.json").label != first.label


def test_another_image_of_the_same_name_makes_another_version(project: Path) -> None:
    made = make_bundle(project, project / "Dockerrun.aws.json")
    one, two, again = (made.of_images([image]) for image in "121")
    assert one.label == again.label != two.label
    assert one.content == two.content


def test_a_link_out_of_the_project_is_not_followed(project: Path, tmp_path: Path) -> None:
    (project / "passwd").symlink_to("/etc/passwd")

    assert "passwd" not in names(make_bundle(project, project / "Dockerrun.aws.json").content)


def test_a_bundle_that_is_too_large_says_what_to_do(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "LARGEST", 100)

    with pytest.raises(DeployError, match=r"\.ebignore"):
        make_bundle(project, project / "Dockerrun.aws.json")


def test_an_ebignore_file_counts_without_git_too(project: Path) -> None:
    write(project, ".ebignore", "nginx/\n!nginx/keep.conf\n*.log\n")
    write(project, "debug.log", "x")

    found = names(make_bundle(project, project / "Dockerrun.aws.json").content)

    assert found == [".ebextensions/options.config", ".ebignore", "Dockerrun.aws.json"]


def test_a_link_inside_the_project_is_what_it_leads_to(project: Path) -> None:
    (project / "site.conf").symlink_to("nginx/default.conf")
    (project / "up").symlink_to("..")

    archive = zipfile.ZipFile(
        io.BytesIO(make_bundle(project, project / "Dockerrun.aws.json").content)
    )

    assert archive.read("site.conf") == b"server {}"
    assert "up" not in archive.namelist()
