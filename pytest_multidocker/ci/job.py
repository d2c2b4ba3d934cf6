"""Runs one job of a pipeline: its steps, as far as their conditions let it."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..errors import ContractBroken, DeployError, MultidockerError, PipelineError
from .expression import (
    Context,
    NotEvaluated,
    asks_for_status,
    evaluate,
    holds,
    interpolate,
    truth,
)
from .github_files import StepFiles
from .pipeline import Job, OnFailure, Pipeline, Step
from .shell import Shell

Say = Callable[[str], None]

_GITHUB = re.compile(r"github\.(\w+) is not known")
_NULL_ON_PUSH = ("github.event.pull_request", "github.event.release", "github.event.inputs")


@dataclass
class Build:
    """What the jobs of one run share, and what has come of them so far."""

    pipeline: Pipeline
    folder: Path
    environment: Mapping[str, str]
    files: StepFiles
    say: Say
    deploy: Callable[[], None]
    contexts: Mapping[str, object]
    """What expressions may ask for, apart from what the jobs themselves make."""
    results: dict[str, dict[str, object]] = field(default_factory=dict)
    """The ``needs`` of expressions: result and outputs of every job that has been."""
    failed: str | None = None
    """The first failure of the build, in words."""
    deployed: bool = False
    undeployed: str = ""
    """Why a deploy has not been done, where one has not."""
    refusals: dict[str, MultidockerError] = field(default_factory=dict)
    """The errors with which deploys have failed, by what is said of these failures."""

    def skip(self, what: str, line: int, why: str) -> None:
        """Say what is not run, and why."""
        self.say(f"skipped: {what} ({self.pipeline.at(line)}): {why}")

    def assume(self, what: str, line: int, why: str) -> None:
        """Say what is assumed of a condition that cannot be worked out, and why it cannot."""
        self.say(f"assumed: {what} ({self.pipeline.at(line)}): not evaluated here: {why}")


class JobRun:
    """One run of a job: how it stands, and what its steps have left for each other."""

    def __init__(self, job: Job, build: Build) -> None:
        self._job = job
        self._build = build
        self._failed: str | None = None
        self._ended = ""
        self._steps: dict[str, dict[str, object]] = {}
        self._set: dict[str, str] = {}
        self._path: list[str] = []
        self._tests: dict[str, bool] = {}
        self._last_skipped = ("", "")
        self._told: set[str] = set()

    def run(self) -> str:
        """Run the job and return its result: ``success``, ``failure`` or ``skipped``.

        Raises :class:`PipelineError` for a step that cannot be run here.
        """
        job, build = self._job, self._build
        if job.left_out:
            build.skip(f"job {job.name}", job.line, f"{job.left_out}; assumed to succeed")
            return self._end("success")
        if (why := self._kept_from_starting()) is not None:
            build.skip(f"job {job.name}", job.line, why)
            if any(step.deploy for step in job.steps):
                build.undeployed = f"job '{job.name}' was skipped, as {why}"
            return self._end("skipped")
        if len(build.pipeline.jobs) > 1:
            build.say(f"job {job.name}")
        with Shell(build.folder, build.environment, build.say) as shell:
            if job.prologue and shell.run(job.prologue) != 0:
                raise PipelineError(
                    f"{build.pipeline.at(job.line)}: the variables under env cannot be set."
                )
            for step in job.steps:
                self._step(step, shell)
        if self._failed is None:
            return self._end("success")
        if self._ignored(job.continue_on_error, self._context(), f"job {job.name}", job.line):
            build.say(f"job {job.name} has failed, which the build does not heed")
            return self._end("success")
        build.failed = build.failed or self._failed
        return self._end("failure")

    def _end(self, result: str) -> str:
        context = self._context()
        texts = self._job.outputs.items()
        outputs = {name: self._or_empty(f"output {name}", text, context) for name, text in texts}
        self._build.results[self._job.name] = {"result": result, "outputs": outputs}
        return result

    def _kept_from_starting(self) -> str | None:
        """Return why the job is not run; ``None`` where it is."""
        needs = {name: self._build.results[name] for name in self._job.needs}
        failed = [name for name in self._ancestors() if self._result(name) == "failure"]
        others = [name for name in needs if self._result(name) != "success"]
        context = self._context(success=not others and not failed, failure=bool(failed))
        condition = self._job.condition
        if self._holds(condition, context, f"job {self._job.name} is run", self._job.line):
            return None
        if not asks_for_status(condition) and not context.success:
            condition = "success()"
        if condition == "success()":
            name = [*others, *failed][0]
            how = "has failed" if self._result(name) == "failure" else "was skipped"
            return f"it needs '{name}', which {how}"
        return f"if: {condition} does not hold"

    def _result(self, name: str) -> object:
        return self._build.results[name]["result"]

    def _ancestors(self) -> list[str]:
        """Return the jobs that it needs, and those that these need."""
        jobs = {job.name: job for job in self._build.pipeline.jobs}
        found, pending = [], [*self._job.needs]
        while pending:
            name = pending.pop(0)
            if name not in found:
                found.append(name)
                pending += jobs[name].needs
        return found

    def _context(self, *, success: bool | None = None, failure: bool = False) -> Context:
        if success is None:
            success, failure = self._failed is None, self._failed is not None
        job, build = self._job, self._build
        left_out = {other.name for other in build.pipeline.jobs if other.left_out}
        names = {
            **build.contexts,
            "needs": {name: build.results.get(name) for name in job.needs},
            "steps": self._steps,
            "matrix": job.matrix,
            "job": {"status": "success" if success else "failure"},
        }
        unknown = [f"steps.{step.id}.outputs" for step in job.steps if step.id and step.left_out]
        unknown += [f"needs.{name}.outputs" for name in left_out]
        null = (
            [*Context().null, *_NULL_ON_PUSH] if build.pipeline.event == "push" else Context().null
        )
        context = Context({**names, "env": {}}, null, unknown, success, failure)
        return replace(context, names={**names, "env": self._environment(context)})

    def _environment(self, context: Context) -> dict[str, str]:
        """Return the variables that workflow, job and earlier steps have set, worked out."""
        found: dict[str, str] = {}
        for own in (self._build.pipeline.variables, self._job.variables):
            for name, text in own.items():
                names = {**context.names, "env": found}
                found[name] = self._or_empty(name, text, replace(context, names=names))
        return found | self._set

    def _step_context(self, step: Step) -> Context:
        """Return the context with the step's own variables."""
        context = self._context()
        found: dict[str, str] = dict(context.names["env"])
        for name, text in step.variables.items():
            found[name] = self._or_empty(name, text, context)
        return replace(context, names={**context.names, "env": found})

    def _or_empty(self, what: str, text: str, context: Context) -> str:
        try:
            return interpolate(text, context)
        except NotEvaluated as error:
            if what not in self._told:
                self._told.add(what)
                self._build.assume(f"{what} is empty", self._job.line, str(error))
            return ""

    def _holds(self, condition: str, context: Context, what: str, line: int) -> bool:
        try:
            return holds(condition, context)
        except NotEvaluated as error:
            self._build.assume(what, line, str(error))
            return context.success or asks_for_status(condition)

    def _ignored(self, expression: str, context: Context, what: str, line: int) -> bool:
        """Return whether a ``continue-on-error`` holds."""
        try:
            return bool(expression) and truth(evaluate(_unmarked(expression), context))
        except NotEvaluated as error:
            self._build.assume(f"a failure of {what} counts", line, str(error))
            return False

    def _expand(self, text: str, line: int, context: Context) -> str:
        try:
            return interpolate(text, context)
        except NotEvaluated as error:
            where = self._build.pipeline.at(line)
            name = _GITHUB.search(str(error))
            hint = f" Set GITHUB_{name[1].upper()} in the environment." if name else ""
            raise PipelineError(f"{where}: cannot be worked out here: {error}.{hint}") from error

    def _step(self, step: Step, shell: Shell) -> None:
        if (why := self._kept_from(step, shell)) is not None:
            self._skip(step, why)
            return
        self._last_skipped = ("", "")
        failure = self._deploy(step) if step.deploy else self._script(step, shell)
        outcome = conclusion = "success"
        if failure is not None:
            outcome = "failure"
            conclusion = "failure" if self._counts(step, failure) else "success"
        if conclusion == "failure":
            if self._failed is None and self._job.once_failed:
                shell.run(self._job.once_failed)
            self._failed = self._failed or failure
            if step.on_failure is OnFailure.END:
                self._ended = str(step)
        if step.id:
            kept = self._steps.setdefault(step.id, {})
            kept |= {"outcome": outcome, "conclusion": conclusion}
        if shell.ended and not self._ended:
            self._ended = str(step)

    def _kept_from(self, step: Step, shell: Shell) -> str | None:
        """Return why a step is not run; ``None`` where it is."""
        if self._ended:
            return f"'{self._ended}' has ended the job"
        context = self._step_context(step)
        if not self._holds(step.condition, context, f"'{step}' is run", step.line):
            return self._why_not(step.condition)
        if step.test and not self._passes(step.test, shell):
            return f"the condition {step.test} does not hold"
        if step.deploy and self._build.deployed:
            return "one environment is deployed here, and has been"
        return step.left_out or None

    def _why_not(self, condition: str) -> str:
        if self._failed is None and condition == "failure()":
            return "nothing has failed"
        asks = asks_for_status(condition) and condition != "success()"
        if self._failed is not None and not asks:
            return "a step before it has failed"
        return f"if: {condition} does not hold"

    def _passes(self, test: str, shell: Shell) -> bool:
        """Return whether a condition of bash holds; what is asked once stays as it is."""
        if test not in self._tests:
            self._tests[test] = shell.run(f"[[ {test} ]]") == 0
        return self._tests[test]

    def _skip(self, step: Step, why: str) -> None:
        if step.id:
            self._steps[step.id] = {"outcome": "skipped", "conclusion": "skipped"}
            if step.left_out == why:
                self._steps[step.id] = {"outcome": "success", "conclusion": "success"}
        if step.deploy and not self._build.deployed:
            self._build.undeployed = f"{step} was skipped: {why}"
        if not step.phase or (step.phase, why) != self._last_skipped:
            self._build.skip(step.phase or str(step), step.line, why)
        self._last_skipped = (step.phase, why)

    def _counts(self, step: Step, failure: str) -> bool:
        """Return whether a failure of the step is one of the job."""
        ignored = step.on_failure is OnFailure.IGNORE or self._ignored(
            step.continue_on_error, self._step_context(step), f"'{step}'", step.line
        )
        if ignored:
            where = step.phase or "this step"
            self._build.say(f"{failure}, which CI does not heed in {where}")
            return False
        return True

    def _script(self, step: Step, shell: Shell) -> str | None:
        """Run the step's script; return how it failed, if it did."""
        build = self._build
        build.say(f"$ {step.title}")
        told = f"'{step}' ({', '.join(filter(None, [build.pipeline.at(step.line), step.phase]))})"
        if not step.shell:
            status = shell.run(step.script)
        else:
            build.files.clear()
            status = shell.run(self._isolated(step))
            try:
                self._take_over(step)
            except PipelineError as error:
                return f"{told} has failed: {error}"
        return f"{told} exited with {status}" if status else None

    def _isolated(self, step: Step) -> str:
        """Return the command that runs a step in a shell of its own, with its own variables."""
        line, context = step.line, self._step_context(step)
        variables: dict[str, str] = context.names["env"]
        lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
        if self._path:
            folders = os.pathsep.join(self._path)
            lines.append(f'export PATH={shlex.quote(folders)}{os.pathsep}"$PATH"')
        if step.folder:
            lines.append(f"cd {shlex.quote(self._expand(step.folder, line, context))} || exit 1")
        script = self._expand(step.script, line, context)
        lines.append(f"exec {shlex.join([*step.shell, script])}")
        return "(\n{}\n)".format("\n".join(lines))

    def _take_over(self, step: Step) -> None:
        """Keep what the step has left for those after it."""
        files = self._build.files
        self._set |= files.variables()
        self._path = [*files.path(), *self._path]
        if step.id:
            self._steps[step.id] = {"outputs": files.outputs()}

    def _deploy(self, step: Step) -> str | None:
        """Deploy; return how it failed, if it did."""
        build = self._build
        where = build.pipeline.at(step.line)
        build.say(f"deploy: {step} ({where})")
        if (missing := self._missing_package(step)) is not None:
            build.undeployed = f"the deploy ({where}) has failed: {missing}"
            return build.undeployed
        try:
            build.deploy()
        except (DeployError, ContractBroken) as error:
            build.undeployed = f"the deploy ({where}) has failed: {error}"
            build.refusals[build.undeployed] = error
            return build.undeployed
        build.deployed = True
        return None

    def _missing_package(self, step: Step) -> str | None:
        """Return what is wrong with the file that CI would upload, if anything is."""
        named = step.deploy.package if step.deploy else None
        if named is None:
            return None
        package = self._expand(named, step.line, self._step_context(step)).strip()
        where = self._build.pipeline.at(step.line)
        if not package:
            self._build.say(
                f"assumed: the version exists ({where}): without a deployment package CI deploys "
                "one that is there, but here the project as it is"
            )
            return None
        if not Path(self._build.folder, package).is_file():
            return f"there is no file '{package}', which is its deployment package"
        self._build.say(
            f"not done here: the upload of {package} ({where}): deployed is the project as it is"
        )
        return None


def _unmarked(expression: str) -> str:
    return expression.strip().removeprefix("${{").removesuffix("}}").strip()
