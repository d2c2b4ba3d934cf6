"""The deploys of a ``.travis.yml``, and when Travis CI does them. Pure.

Source: https://docs.travis-ci.com/user/deployment-v2/conditional/ and ``addons/deploy/script.rb``
of https://github.com/travis-ci/travis-build.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..project.travis_jobs import BEANSTALK, provider
from ..project.yaml_marks import Marked
from .pipeline import Deploy, OnFailure, Step

DEFAULT_BRANCH = "master"
"""What Travis CI deploys where nothing is said."""

_HEEDED = {"branch", "all_branches", "tags", "condition"}


@dataclass(frozen=True)
class Conditions:
    """What has to hold for a deploy on a push to a branch."""

    refused: str = ""
    """Why it is not done, where that is certain."""
    test: str = ""
    """What is left for the ``[[ ]]`` of bash."""
    assumed: tuple[str, ...] = ()
    """What is not evaluated here."""


def step(deploy: Marked) -> Step:
    """Return the step that deploys."""
    name = provider(deploy)
    ignored = deploy.text_of("allow_failure") == "true"
    return Step(
        f"deploy with provider {name or 'of no name'}",
        deploy.line,
        deploy=Deploy() if name == BEANSTALK else None,
        left_out="" if name == BEANSTALK else "a deploy to another provider is not done here",
        phase="deploy",
        on_failure=OnFailure.IGNORE if ignored else OnFailure.END,
    )


def branch_of(deploys: list[Marked]) -> str:
    """Return the first branch that is deployed; empty where all are, or there is no deploy."""
    for deploy in deploys:
        if (branches := _branches(deploy)) is None:
            return ""
        if branches:
            return branches[0]
    return ""


def conditions(deploy: Marked, branch: str) -> Conditions:
    """Return what has to hold for a deploy on a push to this branch."""
    on = _on(deploy)
    if _flag(on, "tags") == "true":
        return Conditions(f"it deploys tags only, and this is a push to '{branch}'")
    branches = _branches(deploy)
    if branches is not None and branch not in branches:
        named = "' and '".join(branches)
        return Conditions(f"the branch '{branch}' is not deployed, only '{named}'")
    tests = [entry.text for entry in on.entries_of("condition")] if on is not None else []
    test = tests[0] if len(tests) == 1 else " && ".join(f"({test})" for test in tests)
    others = [f"{key.text}: {value.text}" for key, value in on.items()] if on is not None else []
    assumed = [told for told in others if told.partition(":")[0] not in _HEEDED]
    return Conditions(test=test, assumed=tuple(assumed))


def _on(deploy: Marked) -> Marked | None:
    return deploy.get("on") or deploy.get("if")


def _flag(on: Marked | None, name: str) -> str:
    return on.text_of(name).lower() if on is not None else ""


def _branches(deploy: Marked) -> list[str] | None:
    """Return the branches that are deployed; ``None`` for all."""
    on = _on(deploy)
    if on is not None and on.text:  # "on: main"
        return [on.text]
    if _flag(on, "all_branches") == "true":
        return None
    branch = on.get("branch") if on is not None else None
    if branch is None:
        return [DEFAULT_BRANCH]
    named = [key.text for key, _ in branch.items()] or [e.text for e in branch.entries() if e.text]
    return named or [DEFAULT_BRANCH]
