"""Which push a workflow is run for."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_multidocker.ci.triggers import Trigger, find_trigger, matches
from pytest_multidocker.project.yaml_marks import load


def trigger(tmp_path: Path, on: str, branch: str = "", *conditions: str) -> Trigger:
    (tmp_path / "ci.yml").write_text(f"on: {on}\njobs: {{}}\n")
    root = load(tmp_path / "ci.yml")
    assert root is not None
    return find_trigger(root, "ci.yml", conditions, branch, "here")


@pytest.mark.parametrize(
    ("on", "branch"),
    [
        ("push", "here"),
        ("[pull_request, push]", "here"),
        ("{push: {branches: main}}", "main"),
        ("{push: {branches: ['release/**', main]}}", "main"),
        ("{push: , pull_request: }", "here"),
    ],
)
def test_the_branch_is_the_first_that_starts_it(tmp_path: Path, on: str, branch: str) -> None:
    assert trigger(tmp_path, on) == Trigger(branch)


@pytest.mark.parametrize(
    "condition",
    [
        "github.ref == 'refs/heads/prod'",
        "'refs/heads/prod' == github.ref",
        "${{ success() && github.ref_name == 'prod' }}",
    ],
)
def test_the_condition_of_the_deploy_comes_before(tmp_path: Path, condition: str) -> None:
    assert trigger(tmp_path, "push", "", "always()", condition).branch == "prod"
    assert trigger(tmp_path, "push", "mine", condition).branch == "mine"
    assert trigger(tmp_path, "push", "", "github.ref != 'refs/heads/prod'").branch == "here"


@pytest.mark.parametrize(
    ("push", "branch", "started"),
    [
        ("{branches: [main]}", "main", True),
        ("{branches: [main]}", "dev", False),
        ("{branches: ['**', '!dev']}", "dev", False),
        ("{branches: ['!dev', '**']}", "dev", True),
        ("{branches-ignore: [dev]}", "dev", False),
        ("{branches-ignore: [dev]}", "main", True),
        ("{tags: ['v*']}", "main", False),
        ("{tags: ['v*'], branches: [main]}", "main", True),
    ],
)
def test_a_push_that_starts_nothing_says_where(
    tmp_path: Path, push: str, branch: str, started: bool
) -> None:
    found = trigger(tmp_path, f"{{push: {push}}}", branch)

    why = f"a push to '{branch}' does not start it (ci.yml:1, on)"
    assert found.not_started == ("" if started else why)


def test_what_is_assumed_is_said(tmp_path: Path) -> None:
    assert trigger(tmp_path, "{push: {paths: [app]}}").note == (
        "ci.yml:1: paths: assumed to be among what was pushed"
    )
    assert trigger(tmp_path, "release") == Trigger(
        "here", "release", note="ci.yml:1: no push starts it; run as for release on 'here'"
    )


@pytest.mark.parametrize(
    ("pattern", "name", "found"),
    [
        ("main", "main", True),
        ("main", "maintenance", False),
        ("*", "a/b", False),
        ("**", "a/b", True),
        ("release/*", "release/1", True),
        ("v[12].[0-9]+", "v1.23", True),
        ("v1.0", "v1x0", False),
        ("*.jsx?", "page.js", True),
        ("[", "x", False),
    ],
)
def test_patterns_match_as_on_github(pattern: str, name: str, found: bool) -> None:
    assert matches(pattern, name) is found
