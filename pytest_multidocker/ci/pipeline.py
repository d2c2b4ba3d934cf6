"""What a CI pipeline is: jobs of steps, some of which deploy. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path


class OnFailure(Enum):
    """What a step that fails does to its job."""

    END = "end"
    """It ends at once, whatever was to come."""
    FAIL = "fail"
    """It has failed: of the other steps those still run that do not ask for a success."""
    IGNORE = "ignore"
    """Nothing: the job goes on as if it had succeeded."""


@dataclass(frozen=True)
class Deploy:
    """A deploy to Elastic Beanstalk. ``package`` is the file that the CI would upload for it."""

    package: str | None = None
    """``None`` where the CI makes the package itself; empty where it deploys an old version."""


@dataclass(frozen=True)
class Step:
    """One step: a script, or a deploy, or, with ``left_out``, what is not done here and why."""

    title: str
    """What is shown of it."""
    line: int
    script: str = ""
    deploy: Deploy | None = None
    left_out: str = ""
    phase: str = ""
    """Steps of one phase are named together where they are skipped."""
    condition: str = "success()"
    """An expression of GitHub's."""
    test: str = ""
    """A condition for the ``[[ ]]`` of bash, which has to hold as well."""
    on_failure: OnFailure = OnFailure.FAIL
    continue_on_error: str = ""
    """An expression of GitHub's: where it holds, a failure is ignored."""
    id: str = ""
    shell: tuple[str, ...] = ()
    """The command that runs the script, apart from all others; none: the shell of the job does."""
    variables: Mapping[str, str] = field(default_factory=dict, hash=False)
    folder: str = ""

    def __str__(self) -> str:
        """Return its name in one line."""
        first, *more = self.title.strip().splitlines() or [""]
        return f"{first} …" if more else first


@dataclass(frozen=True)
class Job:
    """Steps that run one after the other, after the jobs that it ``needs``."""

    name: str
    line: int
    steps: tuple[Step, ...] = ()
    needs: tuple[str, ...] = ()
    condition: str = "success()"
    continue_on_error: str = ""
    left_out: str = ""
    """Why it is not run here. Those that need it are run as if it had succeeded."""
    variables: Mapping[str, str] = field(default_factory=dict, hash=False)
    matrix: Mapping[str, object] = field(default_factory=dict, hash=False)
    outputs: Mapping[str, str] = field(default_factory=dict, hash=False)
    prologue: str = ""
    """What its shell runs before all steps, unseen."""
    once_failed: str = ""
    """What its shell runs, unseen, after the first step that has made it fail."""


@dataclass(frozen=True)
class Pipeline:
    """What a push to a branch starts; the jobs come in an order in which they can run."""

    file: Path
    branch: str
    event: str = "push"
    jobs: tuple[Job, ...] = ()
    not_started: str = ""
    """Why a push to the branch starts nothing, where it does not."""
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The variables that the CI itself sets."""
    variables: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Those that the file sets for all jobs, with expressions of GitHub's."""
    secrets: tuple[str, ...] = ()
    """Names of the variables that have to come from the environment of whoever runs it."""
    settings: tuple[str, ...] = ()
    """Names of those that may."""
    hidden: tuple[str, ...] = ()
    """Names of the variables whose values are not shown."""
    passwords: tuple[str, ...] = ()
    """Values in the file that are not shown."""
    notes: tuple[str, ...] = ()
    """What of the file is not done here, or assumed, each with its place."""

    @property
    def deploys(self) -> bool:
        """Whether it has a deploy to Elastic Beanstalk."""
        return any(step.deploy for job in self.jobs for step in job.steps)

    def at(self, line: int) -> str:
        """Return the place of a line, as an editor takes it."""
        return f"{self.file}:{line}"
