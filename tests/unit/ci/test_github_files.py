"""The files through which steps speak to each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_multidocker.ci.github_files import StepFiles, parse
from pytest_multidocker.errors import PipelineError


def test_lines_and_heredocs_are_read() -> None:
    text = "A=1\nB=x y=z $(no)\n\nC<<END\ntwo\nlines=3\nEND\nD==<<\n"

    assert dict(parse(text, "GITHUB_ENV")) == {
        "A": "1",
        "B": "x y=z $(no)",
        "C": "two\nlines=3",
        "D": "=<<",
    }


@pytest.mark.parametrize("text", ["no form", "=x", "A<<END\nnever"])
def test_what_github_does_not_read_is_told(text: str) -> None:
    with pytest.raises(PipelineError, match="GITHUB_ENV: "):
        dict(parse(text, "GITHUB_ENV"))


def test_each_step_has_empty_files(tmp_path: Path) -> None:
    files = StepFiles(tmp_path)
    environ = files.environ()
    Path(environ["GITHUB_ENV"]).write_text("A=1\n")
    Path(environ["GITHUB_OUTPUT"]).write_text("B=2\n")
    Path(environ["GITHUB_PATH"]).write_text("/one\n/two\n")

    assert (files.variables(), files.outputs()) == ({"A": "1"}, {"B": "2"})
    assert files.path() == ["/two", "/one"]
    files.clear()
    Path(environ["GITHUB_PATH"]).unlink()
    assert (files.variables(), files.outputs(), files.path()) == ({}, {}, [])
