"""Whether a container that has exited is started again (``restartPolicy``).

The agent does it itself, with Docker's ``start``: it is the same container, and nothing of its
death is reported. Source: ``ecs-agent/api/container/restart/restart_tracker.go`` of
amazon-ecs-agent.
"""

from __future__ import annotations

from .events import Died
from .state import ContainerState
from .status import ContainerStatus


def has_policy(container: ContainerState) -> bool:
    """Tell whether the container's restart policy is enabled."""
    return container.definition.restarts


def refusal(container: ContainerState, end: Died) -> str | None:
    """Return why the container is not started again after that end, or ``None`` if it is."""
    policy = container.definition.restart_policy
    if policy is None or not policy.enabled:
        return "restart policy is not enabled"
    if container.desired is ContainerStatus.STOPPED:
        return "container's desired status is stopped"
    if end.exit_code is None:
        return "exit code is nil"
    if end.exit_code in policy.ignored_exit_codes:
        return f"exit code {end.exit_code} should be ignored"
    # One that has died before its start was confirmed has not run for any time.
    since = container.last_restart_at or container.started_at or end.at
    if end.at - since < policy.restart_attempt_period:
        return "attempt reset period has not elapsed"
    return None
