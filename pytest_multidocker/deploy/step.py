"""What a step is: one thing in the account that a deploy needs and a destroy removes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Tell = Callable[[str], None]
"""Takes one line of progress, without its step's name."""


class Step(Protocol):
    """One thing in the account. Each method may be called again after an interruption."""

    @property
    def title(self) -> str:
        """What it is, such as ``security group multi-docker``; no two steps share one."""

    @property
    def needs(self) -> tuple[Step, ...]:
        """What must be there before it, and must not go before it has gone."""

    def exists(self) -> bool:
        """Tell whether it is in the account, in whatever state."""

    def deploy(self, tell: Tell) -> None:
        """Have it there, as planned and ready for use; raises :class:`DeployError`."""

    def destroy(self, tell: Tell) -> None:
        """Have it gone; it need not be there. Raises :class:`DeployError`."""
