"""What a container does in a simulation, in the place of an image and a process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reaction:
    """What a process does on a signal: it exits with ``exit_code``, ``after`` seconds later."""

    exit_code: int = 0
    after: float = 0.0


@dataclass(frozen=True)
class Script:
    """The life of a container. Times are seconds, memory is MiB.

    Without any field it is that of a well-behaved server: it runs until it is told to stop, and
    then exits with 0.
    """

    pull_delay: float = 1.0
    """For how long its image is pulled."""
    create_delay: float = 0.1
    start_delay: float = 0.3
    pull_error: str | None = None
    """The registry's words; without ``cached`` there is then no image to create it from."""
    cached: bool = False
    """Whether an image is there although it could not be pulled."""
    create_error: str | None = None
    """Docker's words for refusing to create it."""
    start_error: str | None = None
    """Docker's words for refusing to start it, such as those of :func:`.words.not_executable`."""
    stop_error: str | None = None
    """Docker's words for failing to stop it."""
    exit_after: float | None = None
    """After how many seconds of running it exits by itself; never, if ``None``."""
    exit_code: int = 0
    memory: tuple[tuple[float, float], ...] = ()
    """From which second of running it uses how much; above its hard limit it is killed."""
    health: tuple[tuple[float, str], ...] | None = None
    """After how many seconds its health check gives HEALTHY or UNHEALTHY.

    If ``None``, a container with a health check is healthy after the first interval.
    """
    signals: Mapping[str, Reaction] = field(
        default_factory=lambda: {"SIGTERM": Reaction()}, hash=False
    )
    """Its signal handlers by name. A first process ignores what it has no handler for."""
    stop_signal: str = "SIGTERM"
    """The image's ``STOPSIGNAL``."""
    listens: tuple[int, ...] | None = None
    """The TCP ports that it listens on; those of its port mappings, if ``None``."""
