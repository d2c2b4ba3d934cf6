"""Running commands one after the other in one shell."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_multidocker.ci import shell as shell_module
from pytest_multidocker.ci.mask import Mask
from pytest_multidocker.ci.shell import Shell
from pytest_multidocker.errors import PipelineError


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def shell(tmp_path: Path, lines: list[str]) -> Callable[..., Shell]:
    return lambda **options: Shell(tmp_path, os.environ, lines.append, **options)


def test_output_of_both_streams_is_told_line_by_line(
    shell: Callable[..., Shell], lines: list[str]
) -> None:
    with shell() as bash:
        assert bash.run("echo one; echo two >&2; printf three") == 0
        assert lines == ["one", "two", "three"]
        bash.run("true")
        assert lines == ["one", "two", "three"]


def test_what_a_command_leaves_in_the_shell_the_next_one_finds(
    shell: Callable[..., Shell], lines: list[str], tmp_path: Path
) -> None:
    (tmp_path / "below").mkdir()
    with shell() as bash:
        bash.run("cd below")
        bash.run("export GREETING='hello there'")
        bash.run('pwd; echo "$GREETING"; bash -c \'echo "$GREETING"\'')

    assert lines == [str(tmp_path / "below"), "hello there", "hello there"]


def test_the_status_is_the_command_s(shell: Callable[..., Shell]) -> None:
    with shell() as bash:
        assert bash.run("false") == 1
        assert bash.run("(exit 42)") == 42
        assert bash.run("true | grep x") == 1
        assert bash.run("echo secret | cat > /dev/null") == 0


def test_a_command_that_ends_the_shell_ends_all(
    shell: Callable[..., Shell], lines: list[str]
) -> None:
    with shell() as bash:
        assert bash.run("echo bye; exit 3") == 3
        assert bash.run("echo not heard") == 3

    assert lines == ["bye"]


def test_commands_over_several_lines_and_with_any_quotes_run_as_they_stand(
    shell: Callable[..., Shell], lines: list[str]
) -> None:
    with shell() as bash:
        assert bash.run('for i in 1 2; do\n  echo "it\'s $i"\ndone') == 0
        assert bash.run("echo 'unfinished") != 0
        assert bash.run("echo and on") == 0

    assert lines[:2] == ["it's 1", "it's 2"]
    assert lines[-1] == "and on"


def test_a_silent_command_is_given_up_and_ended(shell: Callable[..., Shell]) -> None:
    started = time.monotonic()
    with pytest.raises(PipelineError, match=r"No output for 0\.2 s"), shell(silence=0.2) as bash:
        bash.run("sleep 60")

    assert time.monotonic() - started < 20


def test_a_command_reads_nothing_from_the_terminal(shell: Callable[..., Shell]) -> None:
    with shell() as bash:
        assert bash.run("read line") == 1


def test_a_secret_in_several_pieces_is_masked_all_the_same(
    shell: Callable[..., Shell], lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell_module, "_CHUNK", 3)
    mask = Mask(["sécret-wörd", "one\ntwo-lines"])
    with shell() as bash:
        bash.run("echo 'a sécret-wörd of'; printf 'one\ntwo-lines and no end'")

    assert [mask(line) for line in lines] == ["a *** of", "one", "*** and no end"]


def test_a_shell_knows_whether_a_command_has_ended_it(shell: Callable[..., Shell]) -> None:
    with shell() as bash:
        bash.run("false")
        assert not bash.ended
        bash.run("exit 0")
        assert bash.ended
