"""When the agent pulls an image, and what a pull that fails means.

Source: ``agent/engine/docker_task_engine.go:imagePullRequired`` and
``task_manager.go:handleEventError`` of amazon-ecs-agent, which has the behaviour from
``ECS_IMAGE_PULL_BEHAVIOR``.
"""

from __future__ import annotations

from typing import Literal

PullBehavior = Literal["default", "always", "once", "prefer-cached"]
PULL_BEHAVIORS: tuple[PullBehavior, ...] = ("default", "always", "once", "prefer-cached")


def must_pull(behavior: PullBehavior, *, is_here: bool, was_pulled: bool) -> bool:
    """Tell whether an image is pulled.

    ``is_here`` is whether the instance has one of that name, ``was_pulled`` whether the agent has
    pulled it before: one that came to the instance in another way is pulled once.
    """
    if behavior == "prefer-cached":
        return not is_here
    return not (behavior == "once" and was_pulled)


def is_fatal(behavior: PullBehavior) -> bool:
    """Tell whether a pull that fails ends the whole task, as an image that is here will not do."""
    return behavior in {"always", "once"}
