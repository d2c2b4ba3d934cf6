"""A pipeline from a GitHub workflow.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax. Steps
that run commands are run as they stand; of the actions, those are known that such pipelines are
made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from itertools import chain
from pathlib import Path

from ..errors import PipelineError
from ..project.deploy_actions import DEPLOY_ACTIONS
from ..project.workflow_steps import jobs_steps
from ..project.yaml_marks import Marked, load
from .actions import BASH, as_step, is_deploy
from .expression import Value, expressions
from .matrix import described, first_combination
from .passwords import AWS_KEYS, login_passwords, variable
from .pipeline import Job, Pipeline, Step
from .triggers import find_trigger

TOKEN = "GITHUB_TOKEN"  # noqa: S105 - a variable's name
"""The secret that GitHub itself gives to every run."""

_SECRET = re.compile(r"\bsecrets(?:\.|\[')(\w+)")
_SETTING = re.compile(r"\bvars(?:\.|\[')(\w+)")
_SHELLS = {
    "": ("bash", "-e", "-c"),
    "bash": BASH,
    "sh": ("sh", "-e", "-c"),
    "python": ("python3", "-c"),
}
_KEYS = {"password", *chain.from_iterable(each.secrets for each in DEPLOY_ACTIONS.values())}


def read_workflow(file: Path, branch: str = "", checked_out: str = "") -> Pipeline | None:
    """Return the pipeline of a workflow for a push to a branch, or else to the one that deploys.

    ``checked_out`` is the branch where the workflow deploys none. Returns ``None`` where the file
    cannot be read or has no job; raises :class:`PipelineError` for jobs that need each other in a
    circle, or one that is not there.
    """
    root = load(file)
    jobs = root.get("jobs") if root is not None else None
    if root is None or jobs is None or not isinstance(jobs.value, dict):
        return None
    reader = _Reader(file, root)
    read = tuple(reader.job(name, jobs) for name in _order(file, jobs))
    trigger = find_trigger(root, file, _deploy_conditions(jobs), branch, checked_out)
    expressions = _expressions(root, jobs)
    secrets = _named(_SECRET, expressions)
    passwords = [*login_passwords(step.script for job in read for step in job.steps)]
    passwords += [key.text for key in _inputs(root, _KEYS) if "$" not in key.text]
    names = [name for password in passwords if (name := variable(password))]
    return Pipeline(
        file,
        trigger.branch,
        trigger.event,
        read,
        not_started=trigger.not_started,
        environment={
            "GITHUB_ACTIONS": "true",
            "GITHUB_REF": f"refs/heads/{trigger.branch}",
            "GITHUB_REF_NAME": trigger.branch,
            "GITHUB_REF_TYPE": "branch",
            "GITHUB_EVENT_NAME": trigger.event,
            "GITHUB_HEAD_REF": "",
            "GITHUB_BASE_REF": "",
            "GITHUB_RUN_ID": "1",
            "GITHUB_RUN_NUMBER": "1",
            "GITHUB_RUN_ATTEMPT": "1",
            "RUNNER_OS": "Linux",
        },
        variables=_mapping(root.get("env")),
        secrets=tuple(name for name in secrets if name != TOKEN),
        settings=tuple(_named(_SETTING, expressions)),
        hidden=(*secrets, TOKEN, *names, *AWS_KEYS),
        passwords=tuple(password for password in passwords if not variable(password)),
        notes=tuple(filter(None, [trigger.note, *reader.notes])),
    )


class _Reader:
    """Goes through the jobs and notes what is found on the way."""

    def __init__(self, file: Path, root: Marked) -> None:
        self._file = file
        self._root = root
        self.notes: list[str] = []

    def job(self, name: str, jobs: Marked) -> Job:
        """Return the job of that name."""
        job = jobs.get(name)
        if job is None:  # not with the names of _order
            return Job(name, jobs.line)
        uses = job.get("uses")
        for what in ("services", "container"):
            if (found := job.get(what)) is not None:
                self._note(found.line, f"{what} of job {name}: not started here")
        return Job(
            name,
            job.line,
            tuple(self._steps(job)),
            needs=tuple(need.text for need in _entries(job.get("needs"))),
            condition=job.text_of("if") or "success()",
            continue_on_error=job.text_of("continue-on-error"),
            left_out=f"the workflow {uses.text} is not run here" if uses is not None else "",
            variables=_mapping(job.get("env")),
            matrix=self._matrix(name, job),
            outputs=_mapping(job.get("outputs")),
        )

    def _note(self, line: int, text: str) -> None:
        self.notes.append(f"{self._file}:{line}: {text}")

    def _matrix(self, name: str, job: Marked) -> dict[str, Value]:
        """Return the first combination of a matrix, and note which it is."""
        matrix = job.get("strategy", "matrix")
        if matrix is None:
            return {}
        first = first_combination(matrix)
        told = described(first) or "none"
        self._note(matrix.line, f"the matrix of job {name}: it is run once, with {told}")
        return first

    def _steps(self, job: Marked) -> Iterator[Step]:
        for entry in job.entries_of("steps"):
            run, uses = entry.get("run"), entry.get("uses")
            marked = run or uses
            if marked is None:
                continue
            title = marked.text if run else entry.text_of("name") or marked.text
            step = Step(
                title.strip(),
                marked.line,
                condition=entry.text_of("if") or "success()",
                continue_on_error=entry.text_of("continue-on-error"),
                id=entry.text_of("id"),
                variables=_mapping(entry.get("env")),
            )
            found = as_step(step, marked.text, _mapping(entry.get("with"))) if uses else None
            found = self._run(step, entry, job) if run else found
            if found is not None:
                yield found

    def _run(self, step: Step, entry: Marked, job: Marked) -> Step:
        shell = self._option("shell", entry, job)
        command = _SHELLS.get(shell)
        return replace(
            step,
            script=entry.text_of("run"),
            left_out="" if command else f"the shell {shell} is not run here",
            shell=command or (),
            folder=self._option("working-directory", entry, job),
        )

    def _option(self, name: str, step: Marked, job: Marked) -> str:
        """Return an option of a step, or the default that its job or the workflow gives it."""
        defaults = ("defaults", "run", name)
        found = step.get(name) or job.get(*defaults) or self._root.get(*defaults)
        return found.text if found is not None else ""


def _deploy_conditions(jobs: Marked) -> Iterator[str]:
    """Yield the conditions of the steps that deploy and of their jobs, then those of all others."""
    rest: list[str] = []
    for job in _values(jobs):
        steps = job.entries_of("steps")
        deploying = [step for step in steps if is_deploy(step.text_of("uses"))]
        for place in [*deploying, *([job] if deploying else [])]:
            yield place.text_of("if")
        rest += [place.text_of("if") for place in [*steps, job]]
    yield from rest


def _order(file: Path, jobs: Marked) -> list[str]:
    """Return the jobs' names, those that others need first."""
    graph = {
        name.text: [need.text for need in _entries(job.get("needs"))] for name, job in jobs.items()
    }
    for name, job in jobs.items():
        for need in _entries(job.get("needs")):
            if need.text not in graph:
                raise PipelineError(
                    f"{file}:{need.line}: job '{name.text}' needs '{need.text}', which is no job."
                )
    try:
        return [*TopologicalSorter(graph).static_order()]
    except CycleError as error:
        raise PipelineError(
            f"{file}:{jobs.line}: the jobs {', '.join(error.args[1])} wait for each other."
        ) from error


def _expressions(root: Marked, jobs: Marked) -> list[str]:
    """Return all expressions; a condition is one without its marks."""
    found = [inner for text in root.texts() for inner in expressions(text)]
    places = [place for job in _values(jobs) for place in [job, *job.entries_of("steps")]]
    return found + [place.text_of("if") for place in places]


def _named(pattern: re.Pattern[str], expressions: list[str]) -> list[str]:
    """Return the names of one kind, each once."""
    names = [name for text in expressions for name in pattern.findall(text)]
    return list(dict.fromkeys(names))


def _inputs(root: Marked, names: set[str]) -> Iterator[Marked]:
    """Yield the inputs of these names that the actions of all jobs get."""
    for step in chain.from_iterable(jobs_steps(root)):
        for name, value in step.mapping_of("with").items():
            if name in names and value.text:
                yield value


def _values(marked: Marked) -> list[Marked]:
    return [value for _, value in marked.items()]


def _mapping(marked: Marked | None) -> dict[str, str]:
    return {key.text: value.text for key, value in marked.items()} if marked is not None else {}


def _entries(marked: Marked | None) -> list[Marked]:
    return [entry for entry in marked.entries() if entry.text or entry.value] if marked else []
