"""What a user sees who requires Docker where none answers, and what the plugin costs unused."""

from __future__ import annotations

import subprocess
import sys

import pytest
from support.projects import site, write

HEAVY = {"docker", "boto3", "botocore", "moto", "testcontainers", "jsonschema", "yaml", "flask"}


def test_one_clear_error_and_the_rest_skipped(pytester: pytest.Pytester) -> None:
    write(pytester.path, site())

    result = pytester.runpytest(
        "--multidocker", "--multidocker-require-docker", "-k", "not contract", "-rs"
    )

    outcomes = result.parseoutcomes()
    assert outcomes.pop("deselected") > 0
    assert outcomes == {"errors": 1, "skipped": 13}
    result.stdout.fnmatch_lines(
        [
            "No Docker Engine answers at unix:///nonexistent/docker.sock *multidocker engine up*",
            "SKIPPED *the project does not run, or not any more: the first error says why",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_fixture_says_it_too(pytester: pytest.Pytester) -> None:
    write(pytester.path, site())
    pytester.makepyfile("def test_own(ecs_task): pass")

    result = pytester.runpytest("--multidocker-engine", "docker")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*No Docker Engine answers at*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_database_that_is_not_declared_is_named(pytester: pytest.Pytester) -> None:
    write(pytester.path, site())
    pytester.makepyfile("def test_own(dockerrun): assert dockerrun.container('api').memory == 16")

    pytester.runpytest().assert_outcomes(passed=1)


@pytest.mark.parametrize("module", ["pytest_multidocker.plugin", "pytest_multidocker"])
def test_the_plugin_loads_nothing_heavy(module: str) -> None:
    listing = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert not HEAVY & set(listing)


def test_a_run_that_does_not_use_it_loads_nothing_heavy(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(f"import sys\ndef test_own(): assert not {HEAVY!r} & set(sys.modules)")

    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
