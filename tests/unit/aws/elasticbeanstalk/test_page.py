"""``docs/elasticbeanstalk.md`` names what there is, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from botocore import xform_name

from pytest_multidocker.aws.elasticbeanstalk.option_table import OPTIONS, PROPERTIES
from pytest_multidocker.aws.elasticbeanstalk.options import validate
from pytest_multidocker.aws.elasticbeanstalk.responses import BeanstalkResponse
from pytest_multidocker.aws.options import BeanstalkTimes
from pytest_multidocker.aws.requests.checked import Checked

PAGE = (Path(__file__).parents[4] / "docs" / "elasticbeanstalk.md").read_text()


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_options_that_have_an_effect() -> None:
    told = {
        (re.findall("`([^`]+)`", namespace)[0], option)
        for namespace, options in rows("Options")
        for option in re.findall("`([^`]+)`", options)
    }
    used = {name for name, option in OPTIONS.items() if option.used}
    assert told == used
    assert f"| `{PROPERTIES}` | environment properties |" in PAGE


def test_the_namespaces_that_are_refused() -> None:
    for namespace in re.findall("`(aws:[^`]+)`", section("Options").rpartition("|")[2]):
        (issue,) = validate({(namespace, "any"): "value"})
        assert "does not emulate" in issue.message


@pytest.mark.parametrize(
    ("column", "times"), [(2, BeanstalkTimes()), (3, BeanstalkTimes.of_production())]
)
def test_the_waiting_times(column: int, times: BeanstalkTimes) -> None:
    told = {row[0].strip("`"): float(row[column]) for row in rows("Waiting times")}
    assert told == vars(times)


def test_the_operations() -> None:
    told = {operation for _, listed in rows("Operations") for operation in listed.split(", ")}
    handlers = {
        "swap_environment_cnam_es" if "CNAME" in name else xform_name(name) for name in told
    }
    public = {name for name in dir(BeanstalkResponse) if not name.startswith("_")} - {
        *vars(Checked)
    }
    own = {name for name in public if _module_of(name) == "pytest_multidocker"}
    refused = {
        name for name in own if getattr(BeanstalkResponse, name) is BeanstalkResponse._refuse
    }
    assert handlers == own - refused


def _module_of(name: str) -> str:
    return str(getattr(getattr(BeanstalkResponse, name), "__module__", "")).partition(".")[0]
