"""Amazon ECS: task definitions, tasks and container instances that hold real containers.

``backend`` answers the API, ``records`` are what it remembers, ``service`` joins it to the agent
that runs the tasks, ``reporting`` is the agent's way back through the API of the real agent.
"""

from __future__ import annotations

from .service import EcsService

__all__ = ["EcsService"]
