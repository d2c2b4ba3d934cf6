"""A pipeline from ``.travis.yml``.

Source: https://docs.travis-ci.com/user/job-lifecycle/ for the phases and what a failure in each
does, https://docs.travis-ci.com/user/environment-variables/ for variables,
https://docs.travis-ci.com/user/build-stages/ for jobs and stages, and ``stages.rb`` and
``addons/deploy/script.rb`` of https://github.com/travis-ci/travis-build where these leave it open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from ..project.travis_jobs import deploys, included, jobs_of, to_beanstalk
from ..project.yaml_marks import Marked, load
from . import travis_deploy as deploying
from .expression import NotEvaluated
from .passwords import AWS_KEYS, login_passwords, variable
from .pipeline import Job, OnFailure, Pipeline, Step
from .travis_env import Variables, read_variables
from .travis_if import travis_if_holds

# What its set-up does not get done ends the job at once. A failing script is noted and the rest of
# it still run; what comes after it has no say in the result any more.
_BEFORE = {
    "before_install": ("success()", OnFailure.END),
    "install": ("success()", OnFailure.END),
    "before_script": ("success()", OnFailure.END),
    "script": ("always()", OnFailure.FAIL),
    "after_success": ("success()", OnFailure.IGNORE),
    "after_failure": ("failure()", OnFailure.IGNORE),
}
_BEFORE_DEPLOY = {"before_deploy": ("success()", OnFailure.END)}
_AFTER_DEPLOY = {"after_deploy": ("success()", OnFailure.IGNORE)}
_AFTER = {"after_script": ("always()", OnFailure.IGNORE)}
_SKIPPED = {"skip", "ignore", "true"}
_EXPANDED = (
    "os", "arch", "dist", "compiler", "dart", "elixir", "ghc", "go", "jdk", "julia", "node_js",
    "otp_release", "perl", "php", "python", "r", "ruby", "rust", "rvm", "scala", "xcode_sdk",
)  # fmt: skip
_NO_DEFAULT = {"generic", "minimal", "bash", "sh", "shell"}
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_SECRET = re.compile(r"(?i)password|passwd|secret|token|key|docker_id|docker_user")
_NO_SECRET = re.compile(r"(?i)(?:user|username|docker_id|login)$")
_KEYS = ("access_key_id", "secret_access_key")
_BRANCH = re.compile(r"\bbranch\s*==?\s*[\"']?([\w./-]+)")
_FIRST_STAGE = "test"


def read_travis(file: Path, branch: str = "", checked_out: str = "") -> Pipeline | None:
    """Return the pipeline of a ``.travis.yml`` for a push to a branch, or to the one that deploys.

    ``checked_out`` is the branch where all, or none, are deployed. Returns ``None`` where the file
    cannot be read.
    """
    root = load(file)
    if root is None:
        return None
    ours = [*to_beanstalk(root)]
    named = [deploying.branch_of(ours), *_named_branches(root), checked_out]
    pushed = branch or _first_built(root, filter(None, [*named, deploying.DEFAULT_BRANCH]))
    reader = _Reader(file, root, pushed)
    jobs = tuple(reader.jobs())
    passwords = [*login_passwords(step.script for job in jobs for step in job.steps)]
    keys = [deploy.text_of(name) for deploy in ours for name in _KEYS]
    passwords += [key for key in keys if key and "$" not in key]
    secure = {name for variables in reader.variables for name in variables.secure}
    used = [*_named_secrets(root), *(name for p in passwords if (name := variable(p)))]
    required = [name for name in dict.fromkeys(used) if name not in reader.own - secure]
    hidden = [name for name in required if not _NO_SECRET.search(name)]
    if any(variables.encrypted for variables in reader.variables):  # whose names nobody can read
        hidden += [name for name in _used(root) if name not in reader.own and _is_custom(name)]
    return Pipeline(
        file,
        pushed,
        jobs=jobs,
        not_started=reader.not_started,
        environment={
            "TRAVIS": "true",
            "TRAVIS_BRANCH": pushed,
            "TRAVIS_EVENT_TYPE": "push",
            "TRAVIS_PULL_REQUEST": "false",
            "TRAVIS_TAG": "",
            "TRAVIS_OS_NAME": "linux",
            "TRAVIS_TEST_RESULT": "0",
        },
        secrets=tuple(dict.fromkeys([*required, *sorted(secure)])),
        hidden=(*hidden, *sorted(secure), *AWS_KEYS),
        passwords=tuple(password for password in passwords if not variable(password)),
        notes=tuple(reader.notes),
    )


class _Reader:
    """Goes through the jobs and notes what is found on the way."""

    def __init__(self, file: Path, root: Marked, branch: str) -> None:
        self._file = file
        self._root = root
        self._branch = branch
        self.notes: list[str] = []
        self.variables: list[Variables] = []
        self.not_started = ""
        """Why Travis CI would not build the push, if it would not."""
        self.own: set[str] = set()
        """The variables that the file sets."""

    def jobs(self) -> Iterator[Job]:
        """Yield the jobs, stage by stage."""
        self._tell_what_is_left_out()
        listed = included(self._root)
        entries = [*([self._root] if self._expands() or not listed else []), *listed]
        stage, stages = _FIRST_STAGE, dict[str, list[Job]]()
        for number, entry in enumerate(entries, 1):
            found = entry.get("stage") if entry is not self._root else None
            stage = (found.get("name") or found).text if found is not None else stage
            job = self._job(entry, number, stage)
            if entry is self._root or self._wanted(entry, f"job {job.name}"):
                stages.setdefault(stage.capitalize(), []).append(job)
        before: tuple[str, ...] = ()
        order = dict(self._stage_order())
        for name in dict.fromkeys([*order, *stages]):
            jobs = stages.get(name, []) if order.get(name, True) else []
            yield from (replace(job, needs=before) for job in jobs)
            before += tuple(job.name for job in jobs)

    def _stage_order(self) -> Iterator[tuple[str, bool]]:
        """Yield the stages that are named, each with whether it is run."""
        for entry in self._root.entries_of("stages"):
            name = (entry.get("name") or entry).text.capitalize()
            yield name, self._wanted(entry, f"stage {name}")

    def _note(self, line: int, text: str) -> None:
        self.notes.append(f"{self._file}:{line}: {text}")

    def _wanted(self, place: Marked, what: str) -> bool:
        """Return whether the ``if`` of a job or stage holds; what is not known is assumed to."""
        condition = place.get("if")
        if condition is None:
            return True
        try:
            if _holds(condition.text, self._branch):
                return True
        except NotEvaluated as error:
            self._note(
                condition.line, f"if of {what}: assumed to hold: not evaluated here: {error}"
            )
            return True
        self._note(condition.line, f"{what} is skipped: if: {condition.text} does not hold")
        return False

    def _expands(self) -> bool:
        """Return whether the keys outside the included jobs make jobs of their own."""
        lists = [self._root.get(key) for key in _EXPANDED]
        env = self._root.get("env")
        matrix = env is not None and (isinstance(env.value, list) or jobs_of(env) is not None)
        return matrix or any(found is not None and isinstance(found.value, list) for found in lists)

    def _tell_what_is_left_out(self) -> None:
        root = self._root
        place = "" if _is_built(root, self._branch) else "branches"
        place = place or ("" if self._wanted(root, "the build") else "if")
        if (why := root.get(place)) is not None:
            where = f"{self._file}:{why.line}, {place}"
            self.not_started = f"a push to '{self._branch}' is not built ({where})"
        for key in _EXPANDED:
            found = root.get(key)
            if found is not None and len(found.entries()) > 1:
                self._note(found.line, f"the matrix of {key}: it is run once")
        for key in ("jobs", "matrix"):
            if (found := root.get(key, "exclude")) is not None:
                self._note(found.line, f"{key}.exclude is not heeded here")
        if (found := root.get("before_cache")) is not None:
            self._note(found.line, "before_cache is not run here: nothing is cached")
        if (found := root.get("services")) is not None:
            others = [entry.text for entry in found.entries() if entry.text != "docker"]
            if others:
                self._note(found.line, f"services not started here: {', '.join(others)}")

    def _job(self, entry: Marked, number: int, stage: str) -> Job:
        title = f"{number}, {entry.text_of('name') or stage}"
        variables = read_variables(
            self._root.get("env"), entry.get("env"), is_root=self._root is entry
        )
        self.variables.append(variables)
        self.own |= variables.names
        if variables.left_out:
            self._note(entry.line, "the matrix of env: it is run once, with the first entry")
        language = self._get(entry, "language")
        spoken = language.text if language is not None else "ruby"
        for phase in ("install", "script") if language is not None else ("script",):
            if self._get(entry, phase) is None and spoken not in _NO_DEFAULT:
                self._note(entry.line, f"{phase}: that of Travis CI for {spoken} is not run here")
        return Job(
            title,
            entry.line,
            tuple(self._steps(entry)),
            continue_on_error="true" if self._may_fail(entry) else "",
            prologue=variables.exports,
            once_failed="export TRAVIS_TEST_RESULT=1",
        )

    def _may_fail(self, entry: Marked) -> bool:
        """Return whether one of the ``allow_failures`` says nothing that the job does not."""
        jobs = jobs_of(self._root)
        for allowance in jobs.entries_of("allow_failures") if jobs is not None else ():
            keys = [(key.text, value.text) for key, value in allowance.items()]
            given = [(key, self._get(entry, key)) for key, _ in keys]
            said = [(key, value.entries()[:1]) for key, value in given if value is not None]
            if keys and keys == [(key, first[0].text) for key, first in said if first]:
                return True
        return False

    def _get(self, entry: Marked, key: str) -> Marked | None:
        """Return what a job says, or else what all of them do."""
        return entry.get(key) or self._root.get(key)

    def _steps(self, entry: Marked) -> Iterator[Step]:
        yield from self._phases(entry, _BEFORE)
        for deploy in deploys(self._get(entry, "deploy")):
            conditions = deploying.conditions(deploy, self._branch)
            for what in conditions.assumed:
                self._note(deploy.line, f"on: {what}: not evaluated here, assumed to hold")
            done = deploying.step(deploy)
            if left_out := conditions.refused or done.left_out:
                yield replace(done, left_out=left_out)
                continue
            around = [
                *self._phases(entry, _BEFORE_DEPLOY),
                done,
                *self._phases(entry, _AFTER_DEPLOY),
            ]
            yield from (replace(step, test=conditions.test) for step in around)
        yield from self._phases(entry, _AFTER)

    def _phases(self, entry: Marked, phases: dict[str, tuple[str, OnFailure]]) -> Iterator[Step]:
        for name, (condition, on_failure) in phases.items():
            found = self._get(entry, name)
            for command in found.entries() if found is not None else ():
                if command.text and command.text not in _SKIPPED:
                    yield Step(
                        command.text,
                        command.line,
                        script=command.text,
                        phase=name,
                        condition=condition,
                        on_failure=on_failure,
                    )


def _named_branches(root: Marked) -> Iterator[str]:
    """Yield the branches that conditions name, and then those that are built at all."""
    for place in [*included(root), *root.entries_of("stages"), root]:
        yield from _BRANCH.findall(place.text_of("if"))
    for entry in root.entries_of("branches", "only"):
        if not entry.text.startswith("/"):
            yield entry.text


def _first_built(root: Marked, branches: Iterable[str]) -> str:
    """Return the first branch that is built, or else the first at all."""
    likely = [*branches]
    return next((name for name in likely if _is_built(root, name)), likely[0])


def _is_built(root: Marked, branch: str) -> bool:
    """Return whether Travis CI builds a push to the branch."""
    branches = root.get("branches")
    if branches is None:
        return True
    only = branches.get("only") or (branches if not isinstance(branches.value, dict) else None)
    if only is not None:
        return any(_branch_matches(entry.text, branch) for entry in only.entries())
    return not any(_branch_matches(each.text, branch) for each in branches.entries_of("except"))


def _holds(condition: str, branch: str) -> bool:
    known = {"branch": branch, "type": "push", "tag": "", "fork": "false"}
    return travis_if_holds(condition, known)


def _branch_matches(pattern: str, branch: str) -> bool:
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        try:
            return re.search(pattern[1:-1], branch) is not None
        except re.error:  # one of Ruby's that Python does not know
            return False
    return pattern == branch


def _used(root: Marked) -> list[str]:
    """Return the variables in all texts, each once."""
    found = (match for text in root.texts() for match in _VARIABLE.finditer(text))
    return list(dict.fromkeys(match[1] or match[2] for match in found))


def _named_secrets(root: Marked) -> list[str]:
    """Return the variables whose names say that their values are nobody's business."""
    return [name for name in _used(root) if _SECRET.search(name)]


def _is_custom(name: str) -> bool:
    return not name.startswith("TRAVIS") and name not in {"HOME", "PATH", "PWD", "USER", "SHELL"}
