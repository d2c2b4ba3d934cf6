"""Collecting the files of an instance's logs, to which containers write what they like."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pytest_multidocker.aws.elasticbeanstalk.logs import collect


def collected(folder: Path, lines: int | None = None) -> dict[str, str]:
    instance: Any = SimpleNamespace(logs=folder, task=None)
    runtime: Any = SimpleNamespace(region=SimpleNamespace(tasks=None))
    return collect(runtime, instance, lines)


def test_files_are_read_wherever_they_lie(tmp_path: Path) -> None:
    (tmp_path / "containers" / "web").mkdir(parents=True)
    (tmp_path / "containers" / "web" / "access.log").write_text("one\ntwo\nthree\n")
    (tmp_path / "eb-activity.log").write_bytes(b"\xff\n")

    path = "/var/log/containers/web/access.log"
    assert collected(tmp_path) == {
        path: "one\ntwo\nthree\n",
        "/var/log/eb-activity.log": "\ufffd\n",
    }
    assert collected(tmp_path, 2)[path] == "two\nthree"


def test_no_link_is_followed_and_nothing_is_waited_for(tmp_path: Path) -> None:
    logs, secret = tmp_path / "logs", tmp_path / "secret"
    logs.mkdir()
    secret.mkdir()
    (secret / "file").write_text("of the host")
    (logs / "file.log").symlink_to(secret / "file")
    (logs / "folder").symlink_to(secret)
    (logs / "gone").symlink_to("nowhere")
    os.mkfifo(logs / "fifo")

    assert collected(logs) == {}
