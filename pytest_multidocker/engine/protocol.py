"""What runs a task's containers: the one interface that every engine has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ..ecs.actions import Create, Provision, Pull, Start, Stop
from ..ecs.events import ContainerEvent, EngineEvent
from .identity import TaskIdentity

EngineAction = Provision | Pull | Create | Start | Stop
Listener = Callable[[str, ContainerEvent], None]
"""Called with a task's ARN and what happened to one of its containers, from any thread."""


class Engine(Protocol):
    """An engine that runs containers: Docker, or a simulation of it."""

    def perform(self, action: EngineAction, task: TaskIdentity) -> EngineEvent:
        """Do what the agent asks and return what came of it, failures too. May block."""

    def watch(self, listener: Listener) -> None:
        """Begin to tell the listener of containers that die, change their health, or come back."""

    def remove(self, task: TaskIdentity) -> None:
        """Remove what is left of a stopped task: its containers and its own volumes."""

    def close(self) -> None:
        """Stop watching."""
