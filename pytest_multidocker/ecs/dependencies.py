"""Whether what a container waits for has come true, may still, or never will."""

from __future__ import annotations

from collections.abc import Iterable

from ..dockerrun.model import ContainerDefinition
from .graph import Condition, Edge, edges
from .state import ContainerState, TaskState
from .status import ContainerStatus

_TIMED = {Condition.COMPLETE, Condition.SUCCESS, Condition.HEALTHY}


def awaited_to_end(containers: Iterable[ContainerDefinition]) -> set[str]:
    """Return the names of those whose end others wait for, such as one that migrates a schema."""
    return {name for container in containers for name in container.awaited_ends}


def resolved(task: TaskState, container: ContainerState) -> bool:
    """Tell whether all that the container waits for has come true."""
    return all(
        holds(edge.condition, task.containers[edge.on]) for edge in edges(container.definition)
    )


def holds(condition: Condition, on: ContainerState) -> bool:
    """Tell whether the condition has come true of the container that is waited for."""
    if condition is Condition.CREATE:
        return on.runtime_id is not None
    if condition is Condition.START:
        # A target that has already stopped counts as started (``graph.go``); the engine then
        # refuses the link in its own words.
        return on.known >= ContainerStatus.RUNNING
    if condition is Condition.HEALTHY:
        return on.health == "HEALTHY"  # the last that is known, also of one that has stopped
    if condition is Condition.COMPLETE:
        return on.is_stopped and on.exit_code is not None
    return on.is_stopped and on.exit_code == 0


def hopeless(task: TaskState, container: ContainerState, now: float) -> str | None:
    """Return why the container can never start, in the agent's words, or ``None``."""
    for edge in edges(container.definition):
        on = task.containers[edge.on]
        what = f"failed to resolve container ordering dependency [{on}] for target [{container}]"
        deadline = _deadline(edge, container, on)
        if deadline is not None and now >= deadline:
            return f"container ordering dependency [{on}] for target [{container}] has timed out."
        if edge.condition is Condition.SUCCESS and _failed(on):
            return f"{what} as dependency did not exit successfully."
        if _never_comes(edge, on):
            return f"{what} because dependency will never start"
        if on.is_stopped and not holds(edge.condition, on):
            # The agent has no words for it: it would look every five seconds, for ever.
            return f"{what} because dependency has stopped"
    return None


def _failed(on: ContainerState) -> bool:
    return on.is_stopped and (on.exit_code != 0 if on.ran else on.exit_code is not None)


def _never_comes(edge: Edge, on: ContainerState) -> bool:
    # A source of volumes needs only to be created: that it then fails to start is no matter.
    created = edge.condition is Condition.CREATE and on.runtime_id is not None
    return on.never_ran and not created


def _deadline(edge: Edge, container: ContainerState, on: ContainerState) -> float | None:
    """Return when the dependency's own ``startTimeout`` ends, if it binds the waiting container."""
    timeout = on.definition.start_timeout
    waiting = container.known < ContainerStatus.CREATED and not on.is_stopped
    if not timeout or on.started_at is None or not waiting or edge.condition not in _TIMED:
        return None
    return on.started_at + timeout


def next_deadline(task: TaskState) -> float | None:
    """Return the earliest time at which a wait in this task runs out, or ``None``."""
    deadlines = [
        deadline
        for container in task.containers.values()
        if container.desired is ContainerStatus.RUNNING
        for edge in edges(container.definition)
        if (deadline := _deadline(edge, container, task.containers[edge.on])) is not None
    ]
    return min(deadlines, default=None)
