"""A pipeline from ``.travis.yml``.

Source: https://docs.travis-ci.com/user/job-lifecycle/ for the phases and what a failure in each
does, https://docs.travis-ci.com/user/environment-variables/ for variables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..project.yaml_marks import Marked, load
from .pipeline import Command, OnFailure, Phase, Pipeline

# In Travis CI the build ends at once where its set-up fails, a failing script is noted and the rest
# of it still run, and what comes after a success has no say in the result any more.
_BEFORE = {
    "before_install": OnFailure.STOP,
    "install": OnFailure.STOP,
    "before_script": OnFailure.STOP,
    "script": OnFailure.FAIL,
    "after_success": OnFailure.IGNORE,
    "before_deploy": OnFailure.STOP,
}
_AFTER = {"after_deploy": OnFailure.IGNORE, "after_script": OnFailure.IGNORE}
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_SECRET = re.compile(r"(?i)password|passwd|secret|token|key|docker_id|docker_user")


def read_travis(file: Path) -> Pipeline | None:
    """Return the pipeline of a ``.travis.yml``; ``None`` where it cannot be read."""
    root = load(file)
    if root is None:
        return None
    deploys = [
        deploy
        for deploy in _listed(root.get("deploy"))
        if (provider := deploy.get("provider")) and provider.text == "elasticbeanstalk"
    ]
    others = len(_listed(root.get("deploy"))) - len(deploys)
    skipped = [f"{others} deploys to other providers"] if others else []
    if root.get("jobs") or root.get("matrix"):
        skipped.append("jobs: only the commands at the top level are run")
    environment = dict(_variables(root))
    return Pipeline(
        file,
        before=tuple(_phases(root, _BEFORE)),
        after=tuple(_phases(root, _AFTER)),
        deploys=bool(deploys),
        branch=_branch(deploys[0]) if deploys else None,
        environment=environment,
        secrets=tuple(name for name in _secrets(root) if name not in environment),
        skipped=tuple(skipped),
    )


def _phases(root: Marked, phases: dict[str, OnFailure]) -> Iterator[Phase]:
    for name, on_failure in phases.items():
        found = root.get(name)
        if found is None or found.text == "skip":
            continue
        commands = tuple(
            Command(c.text, c.line) for c in found.entries() if c.text and c.text != "true"
        )
        if commands:
            yield Phase(name, commands, on_failure)


def _branch(deploy: Marked) -> str | None:
    on = deploy.get("on")
    if on is None:
        return "master"  # what Travis CI deploys where nothing is said
    if (everywhere := on.get("all_branches")) and everywhere.text == "true":
        return None
    branch = on.get("branch")
    return branch.text if branch and branch.text else "master"


def _variables(root: Marked) -> Iterator[tuple[str, str]]:
    env = root.get("env")
    listed = (env.get("global") or env) if env is not None else None
    for entry in listed.entries() if listed is not None else ():
        for name, value in re.findall(r"(\w+)=(\"[^\"]*\"|'[^']*'|\S*)", entry.text):
            yield name, value.strip("\"'")


def _secrets(root: Marked) -> Iterator[str]:
    """Yield the variables whose names say that their values are nobody's business."""
    seen: set[str] = set()
    for text in root.texts():
        for found in _VARIABLE.finditer(text):
            name = found[1] or found[2]
            if _SECRET.search(name) and name not in seen:
                seen.add(name)
                yield name


def _listed(marked: Marked | None) -> list[Marked]:
    if marked is None:
        return []
    return marked.value if isinstance(marked.value, list) else [marked]
