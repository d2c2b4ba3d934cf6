"""What containers mount besides, so that no link of theirs leads Docker astray."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_multidocker.engine.volumes import nailed

COPY = Path("/copy")


@pytest.mark.parametrize(
    ("lent", "expected"),
    [
        ([], []),
        ([COPY, Path("/copies"), Path("/logs/web")], []),
        ([COPY / "conf"], ["/copy/conf:/code/conf"]),
        (
            [COPY / "a" / "b" / "c.conf", COPY / "a" / "d"],
            [
                "/copy/a:/code/a",
                "/copy/a/b:/code/a/b",
                "/copy/a/b/c.conf:/code/a/b/c.conf",
                "/copy/a/d:/code/a/d",
            ],
        ),
    ],
)
def test_each_step_to_what_is_mounted_below_becomes_a_mount_point(
    lent: list[Path], expected: list[str]
) -> None:
    assert list(nailed(COPY, "/code", lent, {"/code"})) == expected


def test_what_the_container_mounts_there_itself_stays() -> None:
    assert list(nailed(COPY, "/code/", [COPY / "a" / "b"], {"/code/a"})) == ["/copy/a/b:/code/a/b"]
