"""One simulated container: what Docker would keep of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from ...dockerrun.model import ContainerDefinition
from ...ecs.events import PortBinding
from ..identity import TaskIdentity
from .script import Script

_KILLED = 137


class Phase(Enum):
    """Docker's ``State.Status``."""

    CREATED = "created"
    RUNNING = "running"
    EXITED = "exited"


@dataclass(frozen=True)
class End:
    """How and when a container's first process ends."""

    at: float
    exit_code: int = _KILLED
    oom_killed: bool = False


@dataclass
class SimulatedContainer:
    """A container that has been created. ``run`` counts how often it was started."""

    task: TaskIdentity
    definition: ContainerDefinition
    script: Script
    phase: Phase = Phase.CREATED
    run: int = 0
    started_at: float | None = None
    end: End | None = None
    """How it will end, as far as that is known, or has ended."""
    told: End | None = None
    """The end that whoever asked for it is told in answer, so that the listener need not be."""
    address: str = ""
    bindings: tuple[PortBinding, ...] = ()
    hosts: dict[str, str] = field(default_factory=dict)
    """The names in its ``/etc/hosts`` with their addresses."""

    @property
    def name(self) -> str:
        """The container definition's name."""
        return self.definition.name

    @property
    def docker_name(self) -> str:
        """Docker's name of it, without the slash."""
        return self.task.container_name(self.name)

    @property
    def runtime_id(self) -> str:
        """Docker's id of it, 64 hexadecimal digits."""
        return digest(self.docker_name)

    @property
    def hostname(self) -> str:
        """Its own host name: the definition's, or else the beginning of its id."""
        return self.definition.hostname or self.runtime_id[:12]

    @property
    def is_running(self) -> bool:
        """Whether its first process runs."""
        return self.phase is Phase.RUNNING

    @property
    def has_network(self) -> bool:
        """Whether it is on the bridge, with an address of its own."""
        return on_bridge(self.task, self.definition)

    @property
    def listens(self) -> frozenset[int]:
        """The TCP ports that its process listens on."""
        if self.script.listens is not None:
            return frozenset(self.script.listens)
        mapped = self.definition.port_mappings
        return frozenset(p for m in mapped if m.protocol == "tcp" for p in m.container_ports)

    def ends(self, started: float) -> Iterator[End]:
        """Yield what its script says of its end, if it is started then."""
        if self.script.exit_after is not None:
            yield End(started + self.script.exit_after, self.script.exit_code)
        limit = hard_limit(self.definition)
        for second, mib in self.script.memory:
            if limit is not None and mib > limit:
                yield End(started + second, oom_killed=True)

    def health(self) -> Iterator[tuple[float, str]]:
        """Yield after how many seconds of running its health becomes what."""
        if self.script.health is not None:
            yield from self.script.health
        elif self.definition.health_check is not None:
            yield self.definition.health_check.interval, "HEALTHY"


def hard_limit(definition: ContainerDefinition) -> float | None:
    """Return how many MiB of memory and swap a container may use, or ``None`` for any."""
    if not definition.memory:
        return None
    return definition.memory + int((definition.linux_parameters or {}).get("maxSwap") or 0)


def on_bridge(task: TaskIdentity, definition: ContainerDefinition) -> bool:
    """Tell whether a container gets an address on the default bridge."""
    return task.definition.network_mode == "bridge" and not definition.disable_networking


def digest(text: str) -> str:
    """Return 64 hexadecimal digits that the text decides."""
    return hashlib.sha256(text.encode()).hexdigest()
