"""What a container does in a case, said once: as a shell command and as a script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from support.tasks import READY

from pytest_multidocker.engine.simulated.script import Reaction, Script
from pytest_multidocker.engine.simulated.words import not_executable

Json = dict[str, Any]

REGISTRY = "127.0.0.1:1"
"""Where no registry is."""

REFUSED = f'Get "http://{REGISTRY}/v2/": dial tcp {REGISTRY}: connect: connection refused'
"""What Docker says of it."""


@dataclass(frozen=True)
class Behaviour:
    """A container's life: for Docker the command, for the simulation the script.

    ``gets_ready`` is whether it prints :data:`READY`; ``stop_signal`` is its image's.
    """

    command: tuple[str, ...]
    script: Script
    gets_ready: bool = False

    @property
    def stop_signal(self) -> str:
        """The ``STOPSIGNAL`` of the image."""
        return self.script.stop_signal


def sh(commands: str, script: Script | None = None) -> Behaviour:
    """Run shell commands; a test on both engines says what they come to in a simulation."""
    return Behaviour(("sh", "-c", commands), script or Script())


def exits(code: int, after: float = 0) -> Behaviour:
    """Exit by itself."""
    return sh(f"sleep {after}; exit {code}", Script(exit_code=code, exit_after=after))


def traps(stop_signal: str = "SIGTERM", **signals: int | Reaction) -> Behaviour:
    """Run until one of these signals, such as ``TERM=42`` or ``TERM=Reaction(0, after=1)``.

    All others are ignored, as the first process of a container does.
    """
    reactions = {
        name: reaction if isinstance(reaction, Reaction) else Reaction(reaction)
        for name, reaction in signals.items()
    }
    handlers = [
        f"trap 'sleep {reaction.after}; exit {reaction.exit_code}' {name}"
        for name, reaction in reactions.items()
    ]
    commands = "; ".join([*handlers, f"echo {READY}", "while :; do sleep 600 & wait $!; done"])
    script = Script(
        signals={f"SIG{name}": reaction for name, reaction in reactions.items()},
        stop_signal=stop_signal,
    )
    return Behaviour(("sh", "-c", commands), script, gets_ready=True)


def obeys() -> Behaviour:
    """Run until told to stop, and exit with 0."""
    return traps(TERM=0)


def ignores() -> Behaviour:
    """Run until killed."""
    return traps()


def missing(program: str = "/nope") -> Behaviour:
    """Be a program that the image does not have."""
    return Behaviour((program,), Script(start_error=not_executable(program)))


def unpullable(behaviour: Behaviour, *, cached: bool = False) -> Behaviour:
    """Be of an image whose registry does not answer; ``cached`` is whether it is there."""
    return replace(behaviour, script=replace(behaviour.script, pull_error=REFUSED, cached=cached))


def checked(behaviour: Behaviour, *health: tuple[float, str]) -> Behaviour:
    """Let the simulation's health check have these results; Docker's comes from its command."""
    return replace(behaviour, script=replace(behaviour.script, health=health))


@dataclass(frozen=True)
class App:
    """A container definition and what its container does."""

    name: str
    behaviour: Behaviour
    definition: Json = field(default_factory=dict)

    @property
    def json(self) -> Json:
        """The container definition as a request has it; the image is the engine's to choose."""
        return {"name": self.name, "command": list(self.behaviour.command), **self.definition}

    @property
    def gets_ready(self) -> bool:
        """Whether it prints :data:`READY`."""
        return self.behaviour.gets_ready and "command" not in self.definition


def app(name: str, behaviour: Behaviour | None = None, /, **definition: Any) -> App:
    """Return a container that obeys, or does what is said; the keys are those of the ECS API."""
    return App(name, behaviour or obeys(), definition)


def scripts(apps: tuple[App, ...]) -> Mapping[str, Script]:
    """Return the containers' scripts by their names."""
    return {container.name: container.behaviour.script for container in apps}
