"""A pipeline from a GitHub workflow.

Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax. Steps that
run commands are run as they stand; of the actions, those are known that such pipelines are made of.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from ..errors import PipelineError
from ..project.yaml_marks import Marked, load
from .pipeline import Command, OnFailure, Phase, Pipeline

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_NAMED = re.compile(r"(?:secrets|env|vars)\.(\w+)")
_BRANCH = re.compile(r"refs/heads/([\w./-]+)|github\.ref_name\s*==\s*'([^']+)'")
_DEPLOY = "einaregilsson/beanstalk-deploy"
_NOT_NEEDED = ("actions/checkout", "actions/setup-", "docker/setup-", "actions/cache")


def read_workflow(file: Path) -> Pipeline | None:
    """Return the pipeline of a workflow; ``None`` where it cannot be read or has no job.

    Raises :class:`PipelineError` for jobs that need each other in a circle.
    """
    root = load(file)
    jobs = root.get("jobs") if root is not None else None
    if root is None or jobs is None or not isinstance(jobs.value, dict):
        return None
    reader = _Reader(file, root)
    phases = [reader.job(name, jobs) for name in _order(file, jobs)]
    return Pipeline(
        file,
        before=tuple(phases),
        deploys=reader.deploys,
        branch=reader.branch,
        environment=_mapping(root.get("env")),
        secrets=tuple(dict.fromkeys(_secrets(root))),
        skipped=tuple(reader.skipped),
    )


def expand(text: str, known: Mapping[str, str], where: str) -> str:
    """Return the text of a command with the values of its ``${{ ... }}``.

    Raises :class:`PipelineError` for an expression that is more than a name.
    """

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if named := _NAMED.fullmatch(name):
            return known.get(named[1], "")
        variable = name.upper().replace(".", "_")  # github.sha is GITHUB_SHA
        if name.startswith(("github.", "runner.")) and variable in known:
            return known[variable]
        raise PipelineError(f"{where}: ${{{{ {name} }}}} cannot be worked out here.")

    return _EXPRESSION.sub(value, text)


class _Reader:
    """Goes through the jobs and notes what is found on the way."""

    def __init__(self, file: Path, root: Marked) -> None:
        self._file = file
        self._root = root
        self.deploys = False
        self.branch: str | None = None
        self.skipped: list[str] = []

    def job(self, name: str, jobs: Marked) -> Phase:
        """Return the job's commands."""
        job = jobs.get(name)
        commands: list[Command] = []
        for step in _listed(job.get("steps") if job else None):
            if not self.deploys:  # what comes after the deploy has nothing to go before
                commands += self._step(step, job)
        if job is not None and job.get("strategy") is not None:
            self.skipped.append(f"the matrix of job {name}: it is run once")
        return Phase(name, tuple(commands), OnFailure.STOP)

    def _step(self, step: Marked, job: Marked | None) -> Iterator[Command]:
        run, uses = step.get("run"), step.get("uses")
        if run is not None:
            yield self._run(step, run, job)
        elif uses is not None:
            action = uses.text.partition("@")[0]
            if action == _DEPLOY:
                self.deploys, self.branch = True, self._only_branch(step, job)
            elif action in _ACTIONS:
                for text in _ACTIONS[action](_mapping(step.get("with"))):
                    yield Command(_isolated(text, {}, None), uses.line, title=text)
            elif not action.startswith(_NOT_NEEDED):
                self.skipped.append(f"the action {action} (line {uses.line})")

    def _run(self, step: Marked, run: Marked, job: Marked | None) -> Command:
        variables = {**_mapping(job.get("env") if job else None), **_mapping(step.get("env"))}
        folder = step.get("working-directory")
        text = _isolated(run.text, variables, folder.text if folder else None)
        return Command(text, run.line, title=run.text.strip())

    def _only_branch(self, step: Marked, job: Marked | None) -> str | None:
        """Return the branch that an ``if`` or the trigger confines the deploy to."""
        for place in (step, job):
            condition = place.get("if") if place is not None else None
            if condition is not None and (found := _BRANCH.search(condition.text)):
                return found[1] or found[2]
        branches = self._root.get("on", "push", "branches")
        named = [branch.text for branch in branches.entries()] if branches is not None else []
        return named[0] if len(named) == 1 and "*" not in named[0] else None


def _isolated(script: str, variables: Mapping[str, str], folder: str | None) -> str:
    """Return the command that runs a step: in a shell of its own, which ends at the first error.

    What earlier steps have written to ``$GITHUB_ENV`` is there too.
    """
    exports = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    change = [f"cd {shlex.quote(folder)}"] if folder else []
    loaded = 'set -a; [ ! -f "$GITHUB_ENV" ] || . "$GITHUB_ENV"; set +a'
    lines = "\n".join([loaded, *exports, *change, script])
    return f"bash -eo pipefail -c {shlex.quote(lines)}"


def _login(given: Mapping[str, str]) -> Iterator[str]:
    user, password = given.get("username", ""), given.get("password", "")
    server = given.get("registry", "")
    yield (
        f"printf %s {_quoted(password)} | "
        f"docker login --username {_quoted(user)} --password-stdin {server}".rstrip()
    )


def _build_push(given: Mapping[str, str]) -> Iterator[str]:
    lines = given.get("tags", "").replace(",", "\n").splitlines()
    tags = [line.strip() for line in lines if line.strip()]
    words = [word for tag in tags for word in ("--tag", _quoted(tag))]
    for option in ("file", "target"):
        if given.get(option):
            words += [f"--{option}", _quoted(given[option])]
    for argument in given.get("build-args", "").splitlines():
        words += ["--build-arg", _quoted(argument.strip())]
    yield " ".join(["docker build", *words, _quoted(given.get("context") or ".")])
    if given.get("push") == "true":
        yield from (f"docker push {_quoted(tag)}" for tag in tags)


_ACTIONS: dict[str, Callable[[Mapping[str, str]], Iterator[str]]] = {
    "docker/login-action": _login,
    "docker/build-push-action": _build_push,
}


def _quoted(text: str) -> str:
    return '"{}"'.format(re.sub(r'(["\\`])', r"\\\1", text))


def _order(file: Path, jobs: Marked) -> list[str]:
    """Return the jobs' names, those that others need first."""
    graph: dict[str, list[str]] = {}
    for name, job in jobs.items():
        needs = job.get("needs")
        graph[name.text] = [need.text for need in needs.entries()] if needs is not None else []
    try:
        return [name for name in TopologicalSorter(graph).static_order() if name in graph]
    except CycleError as error:
        raise PipelineError(
            f"{file}: the jobs {', '.join(error.args[1])} wait for each other."
        ) from error


def _secrets(root: Marked) -> Iterator[str]:
    for text in root.texts():
        for found in _EXPRESSION.finditer(text):
            if found[1].startswith("secrets."):
                yield found[1].removeprefix("secrets.")


def _mapping(marked: Marked | None) -> dict[str, str]:
    return {key.text: value.text for key, value in marked.items()} if marked is not None else {}


def _listed(marked: Marked | None) -> list[Marked]:
    return marked.value if marked is not None and isinstance(marked.value, list) else []
