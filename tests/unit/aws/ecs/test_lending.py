"""Which folders tasks are lent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_multidocker.aws.ecs.lending import Lending
from pytest_multidocker.ecs.definition import TaskDefinition
from pytest_multidocker.engine.identity import TaskIdentity
from pytest_multidocker.engine.policy import BUNDLE, LOGS, Lent

OWN = Lent(Path("/i-1/app"), Path("/i-1/log"))


def task(number: int, instance: str = "") -> TaskIdentity:
    arn = f"arn:aws:ecs:us-east-1:1:task/c/{number}"
    return TaskIdentity(arn, "c", TaskDefinition("fam", 1, ()), instance=instance)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "nginx").mkdir(parents=True)
    (folder / "nginx" / "default.conf").write_text("server {}")
    (folder / "start.sh").write_text("#!/bin/sh")
    (folder / "start.sh").chmod(0o755)
    (folder / ".ebignore").write_text("*.log\n")
    (folder / "debug.log").write_text("x")
    (folder / ".git" / "hooks").mkdir(parents=True)
    (folder / ".git" / "hooks" / "pre-commit").write_text("")
    return folder


@pytest.fixture
def lending(tmp_path: Path) -> Callable[[Path | None], Lending]:
    def make(project: Path | None) -> Lending:
        return Lending(
            project,
            copies=tmp_path / "copies",
            logs=tmp_path / "logs",
            instances={"arn:i-1": OWN}.get,
        )

    return make


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_each_task_has_a_copy_of_what_a_bundle_would_hold(
    project: Path, lending: Callable[[Path | None], Lending]
) -> None:
    made = lending(project)
    first, second = made.lend(task(1), BUNDLE), made.lend(task(2), BUNDLE)
    assert first is not None
    assert second is not None
    assert files(first) == [".ebignore", "nginx", "nginx/default.conf", "start.sh"]
    assert (first / "start.sh").stat().st_mode & 0o777 == 0o755

    (first / "nginx" / "default.conf").write_text("spoilt")

    assert made.lend(task(1), BUNDLE) == first
    assert (second / "nginx" / "default.conf").read_text() == "server {}"
    assert (project / "nginx" / "default.conf").read_text() == "server {}"


def test_who_asks_for_logs_only_gets_no_copy(
    project: Path, lending: Callable[[Path | None], Lending], tmp_path: Path
) -> None:
    made = lending(project)
    assert made.lend(task(1), LOGS) != made.lend(task(2), LOGS)
    assert not (tmp_path / "copies").exists()


def test_the_copy_goes_with_its_task(
    project: Path, lending: Callable[[Path | None], Lending]
) -> None:
    made = lending(project)
    bundle = made.lend(task(1), BUNDLE)
    assert bundle is not None
    made.take_back(task(1))
    made.take_back(task(2))
    assert not bundle.exists()


def test_an_instance_with_folders_of_its_own_lends_those(
    project: Path, lending: Callable[[Path | None], Lending]
) -> None:
    made, its = lending(project), task(1, "arn:i-1")
    assert (made.lend(its, BUNDLE), made.lend(its, LOGS)) == (OWN.bundle, OWN.logs)
    assert [made.has_own(task(1, arn)) for arn in ("arn:i-1", "arn:i-2")] == [True, False]


def test_without_a_project_there_is_no_bundle(lending: Callable[[Path | None], Lending]) -> None:
    assert lending(None).lend(task(1), BUNDLE) is None
