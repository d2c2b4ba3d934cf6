"""The steps of a GitHub workflow and the actions that they use. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from .yaml_marks import Marked


def action_of(uses: str) -> str:
    """Return an action's name, whatever its version: GitHub's names have no case."""
    return uses.partition("@")[0].lower()


def jobs_steps(workflow: Marked | None) -> Iterator[list[Marked]]:
    """Yield for each job of a workflow its steps."""
    jobs = workflow.get("jobs") if workflow is not None else None
    for _, job in jobs.items() if jobs is not None else ():
        yield job.entries_of("steps")


def steps_with(workflow: Marked | None, action: str) -> Iterator[Marked]:
    """Yield the steps of a workflow that use an action."""
    for steps in jobs_steps(workflow):
        yield from (step for step in steps if action_of(step.text_of("uses")) == action)
