from __future__ import annotations

import pytest
from support.effort import calls

from pytest_multidocker.project.shell import commands


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a b", ["a b"]),
        ("a; b & c && d || e | f", ["a", "b", "c", "d", "e", "f"]),
        ("a b;c|d", ["a b", "c", "d"]),
        ("(a b)", ["a b"]),
        ("{ a b; }", ["a b", "}"]),
        ("for s in x y; do a $s:1; done", ["for s in x y", "a $s:1", "done"]),
        ("if a; then b; else c; fi", ["a", "b", "c", "fi"]),
        ("sudo -E a b", ["a b"]),
        ("X=1 Y='2 3' a", ["a"]),
        ("time ! a", ["a"]),
        ("a >/dev/null 2>&1 b", ["a b"]),
        ("a>b c", ["a c"]),
        ("a <b <<<c d", ["a d"]),
        ("a 2 b", ["a 2 b"]),
        ("a &>log b", ["a", "b"]),
        ("a # b", ["a"]),
        ("a#b", ["a#b"]),
        ("a 'b;c' \"d|e\" f\\;g", ["a b;c d|e f;g"]),
        ('a "b\\"c"', ['a b"c']),
        ("a $(b; c (d)) e", ["a $(b; c (d)) e"]),
        ("a `b; c` d", ["a `b; c` d"]),
        ("a ${{ b || c }}", ["a ${{ b || c }}"]),
        ("a ${{ format('{0}', b) }}", ["a ${{ format('{0}', b) }}"]),
        ("a ${b:-c d} $? $", ["a ${b:-c d} $? $"]),
        ("a 'b", []),
        ('a "b $(c', []),
        ("a $(b", []),
        ("", []),
        ("  ;; ", []),
    ],
)
def test_a_line_is_told_apart(line: str, expected: list[str]) -> None:
    assert [" ".join(command.words) for command in commands(line)] == expected


def test_commands_have_their_lines_and_torn_ones_are_passed_over() -> None:
    script = "a \\\n  b\nit's torn\n\nc"
    assert [(each.line, each.words) for each in commands(script)] == [(0, ["a", "b"]), (4, ["c"])]


@pytest.mark.parametrize(
    "piece", ["$(", "${", "`", "'", '"', "\\", "a ", "$", ">", "2>", "${{", ")"]
)
def test_twice_the_line_is_twice_the_work(piece: str) -> None:
    once, twice = (calls(list, commands(piece * n)) for n in (500, 1000))
    assert twice < 2.2 * once + 200
