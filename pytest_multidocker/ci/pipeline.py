"""What a CI pipeline is: phases of shell commands, and a deploy at their end. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path


class OnFailure(Enum):
    """What a command that fails does to the build."""

    STOP = "stop"
    """The build ends at once."""
    FAIL = "fail"
    """The phase's other commands still run, then the build ends."""
    IGNORE = "ignore"
    """Nothing: the build goes on as if it had succeeded."""


@dataclass(frozen=True)
class Command:
    """One command, as the shell gets it; ``title`` is what is shown of it."""

    text: str
    line: int
    title: str = ""

    def __str__(self) -> str:
        """Return what is shown of it."""
        return self.title or self.text


@dataclass(frozen=True)
class Phase:
    """Commands that run one after the other in one shell."""

    name: str
    commands: tuple[Command, ...]
    on_failure: OnFailure = OnFailure.STOP


@dataclass(frozen=True)
class Pipeline:
    """One build: the phases up to the deploy, and those behind it.

    ``branch`` is the only one that is deployed, if one is named. ``skipped`` says in words what of
    the file is not done here. ``environment`` holds the variables that the file sets.
    """

    file: Path
    before: tuple[Phase, ...]
    after: tuple[Phase, ...] = ()
    deploys: bool = False
    branch: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)
    secrets: tuple[str, ...] = ()
    """Names of the variables that have to come from the environment of whoever runs it."""
    skipped: tuple[str, ...] = ()
