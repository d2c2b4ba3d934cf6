"""Why a task is not as it should be, in words: what its containers wait for, and said last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..ecs.environment import needs_fetching

if TYPE_CHECKING:
    from .reported import ReportedTask


def diagnosis(task: ReportedTask) -> str:
    """Return the task and its containers, what they wait for, and their last words, over lines."""
    told = [*_elsewhere(task), *_waits(task), *_health(task), *_last_words(task)]
    return "\n".join([task.summary(), *told])


def _elsewhere(task: ReportedTask) -> Iterator[str]:
    nothing_made = all(container.runtime_id is None for container in task.containers.values())
    if task.is_stopping and nothing_made and needs_fetching(task.definition):
        yield (
            "Secrets and environment files are taken from the local AWS: have them put there by "
            "[tool.multidocker.secrets] and [tool.multidocker.environment_files] in pyproject.toml."
        )


def _waits(task: ReportedTask) -> Iterator[str]:
    for container in task.definition.containers:
        if task.containers[container.name].status != "PENDING":
            continue
        for link in container.links:
            if task.containers[link.name].status == "PENDING":
                yield f"{container.name} waits for {link.name}, which it links to, to start"
        for dependency in container.depends_on:
            on = task.containers[dependency.container_name]
            health = f" and {on.health}" if dependency.condition == "HEALTHY" else ""
            state = f"{on.status}{health}"
            yield f"{container.name} depends on {on.name}: {dependency.condition}; it is {state}"


def _health(task: ReportedTask) -> Iterator[str]:
    for container in task.containers.values():
        if container.health == "UNHEALTHY" and (said := task.last_health_check(container.name)):
            yield f"last health check of {container.name}:\n{_indent(said)}"


def _last_words(task: ReportedTask) -> Iterator[str]:
    for container in task.containers.values():
        if container.status == "STOPPED" and (tail := task.last_lines(container.name)):
            yield f"last log lines of {container.name}:\n{_indent(tail)}"


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
