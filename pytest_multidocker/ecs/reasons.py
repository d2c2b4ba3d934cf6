"""The words in which the agent and the ECS service give their reasons.

The agent's texts are in ``agent/dockerclient/dockerapi/errors.go``,
``agent/engine/task_manager.go`` and ``agent/engine/dependencygraph/graph.go`` of amazon-ecs-agent;
the service's are those that Elastic Beanstalk's logs show.
"""

from __future__ import annotations

OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
CONTAINER_VANISHED = "ContainerVanishedError: No container matching saved ID found"
ESSENTIAL_EXITED = "Essential container in task exited"
FAILED_TO_START = "Task failed to start"
STOPPED_BY_USER = "Task stopped by user"

CODE_ESSENTIAL_EXITED = "EssentialContainerExited"
CODE_FAILED_TO_START = "TaskFailedToStart"
CODE_USER_INITIATED = "UserInitiated"

NEVER_STARTED_EXIT_CODE = 143
"""What the agent gives a container whose dependency can no longer come true."""

MAX_REASON = 1024
"""Characters of a reason that the agent sends on (``ecs_client.go:trimString``)."""


def trim(reason: str) -> str:
    """Return the reason as the ECS API would keep it."""
    return reason[:MAX_REASON]


def daemon_error(name: str, text: str) -> str:
    """Return a reason for what the daemon refused: the agent's error name, then its words."""
    return trim(f"{name}: Error response from daemon: {text}")


def cannot_pull(text: str) -> str:
    """Return the reason for an image that could not be pulled.

    Where a registry knows no such image the agent says what to look at, with its own apostrophe
    (``agent/api/errormessages``).
    """
    known = "pull access denied" in text and "repository does not exist" in text
    hint = "The task can\u2019t pull the image. Check whether the image exists. " if known else ""
    return trim(f"CannotPullContainerError: {hint}Error response from daemon: {text}")


def timed_out(transition: str, seconds: float) -> str:
    """Return the reason for a container that Docker did not bring there in time."""
    return f"DockerTimeoutError: Could not transition to {transition}; timed out after waiting " + (
        _duration(seconds)
    )


def _duration(seconds: float) -> str:
    """Return a time as the agent writes it: ``4m0s``, ``2h0m0s``, ``20s``, ``1.5s``."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    text = f"{rest:g}s"
    if minutes or hours:
        text = f"{minutes}m{text}"
    return f"{hours}h{text}" if hours else text


def no_shared_volume(name: str, words: str) -> str:
    """Return the words for a shared volume that is not there and shall not be made."""
    return (
        f"initialize volume: volume detection failed, volume '{name}' does not exist and "
        f"autoprovision is set to false: {words}"
    )


def docker_state_error(text: str) -> str:
    """Return the reason for a container whose own state holds an error."""
    return trim(f"DockerStateError: {text}")


def task_not_initialized(task_arn: str, why: str) -> str:
    """Return the task's reason where its containers do not fit each other."""
    return trim(f"resource cannot be initialized for task {task_arn}: {why}")


def unresolvable(task_arn: str) -> str:
    """Return the task's reason where its dependencies form a cycle or name no container."""
    return trim(f"Task dependencies cannot be resolved, taskArn: {task_arn}")
