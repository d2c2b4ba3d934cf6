"""The ranges of numbers are those that botocore's documentation of ECS gives."""

from __future__ import annotations

import re
from pathlib import Path
from runpy import run_path

import pytest

from pytest_multidocker.rules.md034_out_of_range import _RANGES

GENERATOR = Path(__file__).parents[1] / "dockerrun" / "generate_shapes.py"
SHAPES = run_path(str(GENERATOR))["ecs_model"]()["shapes"]
DOCUMENTED = re.compile(r"between (?:<code>)?(\d+)(?:</code>)? and (?:<code>)?(\d+)")


@pytest.mark.parametrize("place", _RANGES, ids="-".join)
def test_a_range_names_a_number_of_the_model(place: tuple[str, str]) -> None:
    shape, member = place
    assert SHAPES[SHAPES[shape]["members"][member]["shape"]]["type"] == "integer"


@pytest.mark.parametrize("shape", ["HealthCheck", "LinuxParameters"])
def test_documented_ranges_are_these(shape: str) -> None:
    documented = {
        (shape, name): (int(found[1]), int(found[2]))
        for name, member in SHAPES[shape]["members"].items()
        if (found := DOCUMENTED.search(member.get("documentation", "")))
    }
    assert documented
    assert {place: _RANGES.get(place) for place in documented} == documented
