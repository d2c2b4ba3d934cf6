"""What the ECS service is told, and when.

Source: ``agent/api/statechange.go`` of amazon-ecs-agent: of a container only that it runs or has
stopped; of the task the same, after its containers.
"""

from __future__ import annotations

from collections.abc import Iterator

from .actions import ReportContainer, ReportTask
from .namespaces import is_hidden
from .state import ContainerState, TaskState
from .status import ContainerStatus, TaskStatus


def reports(
    before: TaskState, after: TaskState, at: float
) -> Iterator[ReportContainer | ReportTask]:
    """Yield what is worth telling of the step from one state of a task to the next."""
    changes = [(before.containers[name], container) for name, container in after.containers.items()]
    for was, container in sorted(changes, key=_distance_from_cause):
        if not is_hidden(container.name) and _worth_telling(was, container):
            yield report(container)
    if after.known is not before.known and after.known >= TaskStatus.RUNNING:
        yield ReportTask(
            after.known,
            at,
            after.reason,
            after.execution_stopped_at,
            after.pull_started_at,
            after.pull_stopped_at,
            tuple(
                report(c)
                for c in after.containers.values()
                if c.image_digest is not None and not is_hidden(c.name)
            ),
        )


def _distance_from_cause(change: tuple[ContainerState, ContainerState]) -> int:
    """Return how far from its cause a container's end is: its own, a dependency's, the task's.

    The agent tells first of the one that has ended or failed, then of those that give up because of
    it, and last of those that only shall not start any more. From the first essential one the
    service concludes why the task stops.
    """
    was, container = change
    if container.ran or not container.is_stopped:
        return 0
    if container.exit_code is not None:
        return 1
    return 0 if container.reason != was.reason else 2


def _worth_telling(before: ContainerState, after: ContainerState) -> bool:
    moved = after.known is not before.known and after.known >= ContainerStatus.RUNNING
    return moved or after.health != before.health


def report(container: ContainerState) -> ReportContainer:
    """Return what the ECS service is told of the container as it stands."""
    return ReportContainer(
        container.name,
        container.known,
        runtime_id=container.runtime_id,
        exit_code=container.exit_code,
        reason=container.reason,
        bindings=container.bindings,
        health=container.health,
        image_digest=container.image_digest,
    )
