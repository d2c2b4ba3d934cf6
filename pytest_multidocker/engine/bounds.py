"""How long the agent waits for Docker, so that a daemon that hangs never hangs a task.

Source: ``agent/dockerclient/timeout.go`` and ``docker_client.go`` of amazon-ecs-agent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docker import DockerClient


@dataclass(frozen=True)
class Bounds:
    """For how many seconds each request may take.

    ``pull_begin`` is until a registry must have answered: the agent would give it five minutes, but
    a machine without a registry shall learn so at once.
    ``stop`` comes on top of a container's own stop timeout. A stop that fails is tried
    ``stop_attempts`` times, with pauses that double from the first of ``stop_pauses`` to the last.
    ``steady`` is for how long events are believed to be all there is to know of what runs
    (``defaultTaskSteadyStatePollInterval`` of ``docker_task_engine.go``).
    """

    pull_begin: float = 20
    create: float = 4 * 60
    start: float = 3 * 60
    stop: float = 2 * 60
    inspect: float = 30
    ping: float = 2
    steady: float = 5 * 60
    stop_attempts: int = 5
    stop_pauses: tuple[float, float] = (1, 5)


def bounded(client: DockerClient, seconds: float) -> DockerClient:
    """Return a client on the same connections whose requests may take that long.

    Docker's library has one bound for all requests of a client.
    """
    twin: DockerClient = object.__new__(type(client))
    twin.__dict__.update(client.__dict__)
    twin.api = object.__new__(type(client.api))
    twin.api.__dict__.update(client.api.__dict__)
    twin.api.timeout = seconds  # type: ignore[assignment]  # requests takes fractions too
    return twin
