"""The one combination of a matrix that is run."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pytest_multidocker.ci.matrix import described, first_combination
from pytest_multidocker.project.yaml_marks import parse

FRUIT = (  # the example of GitHub's documentation
    "{fruit: [apple, pear], animal: [cat, dog], include: [{color: green}, "
    "{color: pink, animal: cat}, {fruit: apple, shape: circle}, {fruit: banana}, "
    "{fruit: banana, animal: cat}]}"
)


def first(text: str) -> dict[str, object]:
    marked = parse(text)
    assert marked is not None
    return first_combination(marked)


@pytest.mark.parametrize(
    ("matrix", "combination"),
    [
        ("{os: [a, b], n: ['1', '2']}", {"os": "a", "n": "1"}),
        ("{os: a}", {"os": "a"}),
        ("{svc: [{name: web, tags: [x, y]}]}", {"svc": {"name": "web", "tags": ["x", "y"]}}),
        ("{list: [[a, b], [c]]}", {"list": ["a", "b"]}),
        ("{os: [a, b], n: [c, d], exclude: [{os: a, n: c}]}", {"os": "a", "n": "d"}),
        ("{os: [a, b], n: [c, d], exclude: [{os: a}]}", {"os": "b", "n": "c"}),
        ("{os: [a, b], exclude: [{os: a, n: c}, {}, 3]}", {"os": "a"}),
        ("{v: [{a: b, c: d}, {a: e}], exclude: [{v: {a: b}}]}", {"v": {"a": "e"}}),
        ("{n: ['1', '2'], exclude: [{n: 1}]}", {"n": "2"}),
        ("{v: [[a], [b]], exclude: [{v: [a]}]}", {"v": ["b"]}),
        (FRUIT, {"fruit": "apple", "animal": "cat", "color": "pink", "shape": "circle"}),
        ("{os: [a], include: [{os: b, x: y}]}", {"os": "a"}),
        ("{v: [{a: b, c: d}], include: [{v: {a: b}, x: y}]}", {"v": {"a": "b", "c": "d"}}),
        ("{include: [{os: a, n: {x: y}}, {z: z}]}", {"os": "a", "n": {"x": "y"}}),
        ("{os: [a], exclude: [{os: a}], include: [{os: b}, {c: d}]}", {"os": "b"}),
        ("{os: [a], exclude: [{os: a}]}", {}),
        ("{os: [], n: {x: y}}", {}),
        ("3", {}),
    ],
)
def test_it_is_the_first_that_github_starts(matrix: str, combination: dict[str, object]) -> None:
    assert first(matrix) == combination


@pytest.mark.parametrize(
    ("matrix", "combination"),
    [
        ("{n: '${{ fromJSON(''[1, 2]'') }}'}", {"n": 1}),
        ("{n: ['${{ 1 == 1 }}']}", {"n": True}),
        ("{n: ['a-${{ 1 }}']}", {"n": "a-1"}),
        ("{include: '${{ fromJSON(''[{\"a\": \"b\"}]'') }}'}", {"a": "b"}),
        ('${{ fromJSON(\'{"a":["b"],"c":[{"d":{}}]}\') }}', {"a": "b", "c": {"d": {}}}),
        ("{n: '${{ fromJSON(needs.a.outputs.n) }}'}", {"n": "${{ fromJSON(needs.a.outputs.n) }}"}),
        ("{n: ['${{ env.X }}']}", {"n": "${{ env.X }}"}),
        ("${{ fromJSON(needs.a.outputs.n) }}", {}),
    ],
)
def test_an_expression_is_worked_out_where_it_asks_for_nothing(
    matrix: str, combination: dict[str, object]
) -> None:
    assert first(matrix) == combination


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("false", False),
        ("'false'", "false"),
        ("3.10", 3.1),
        ("'3.10'", "3.10"),
        ("010", 10),
        ("0x10", 16),
        ("1e2", 100.0),
        ("~", None),
        ("1.2.3", "1.2.3"),
        ("on", "on"),
    ],
)
def test_a_value_without_quotes_is_what_yaml_makes_of_it(text: str, value: object) -> None:
    found = first(f"{{n: [{text}]}}")["n"]

    assert (found, type(found)) == (value, type(value))


def test_a_combination_is_told_in_one_line() -> None:
    combination = first("{svc: [{name: wéb, ports: [80, 81], up: true}], n: [3.10], e: [false]}")

    assert described(combination) == "svc={name: wéb, ports: [80, 81], up: true}, n=3.1, e=false"
    assert described({}) == ""


def test_what_aliases_repeat_is_neither_copied_nor_told_in_full() -> None:
    names = "abcdefghijklmnopqrstuvwxyz"
    lines = [f"{b}: &{b} [[*{a}, *{a}, *{a}]]" for a, b in pairwise(names)]

    told = described(first("\n".join(["a: &a [[x]]", *lines])))

    assert len(told) < 80 * len(names)
