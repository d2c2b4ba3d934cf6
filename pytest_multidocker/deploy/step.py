"""What a step is: one thing in the account that a deploy needs and a destroy removes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

Tell = Callable[[str], None]
"""Takes one line of progress, without its step's name."""


class Step(ABC):
    """One thing in the account. Each method may be called again after an interruption."""

    title: str
    """What it is, such as ``security group multi-docker``; no two steps share one."""

    needs: tuple[Step, ...] = ()
    """What must be there before it, and must not go before it has gone."""

    @abstractmethod
    def is_there(self) -> bool:
        """Tell whether it is in the account, in whatever state, whoever has made it."""

    @abstractmethod
    def kept(self) -> str | None:
        """Return why it stays when all is destroyed, if it is there: ``it was there before``."""

    @abstractmethod
    def deploy(self, tell: Tell) -> None:
        """Have it there, as planned and ready for use; raises :class:`DeployError`."""

    @abstractmethod
    def destroy(self, tell: Tell) -> None:
        """Have it gone; it need not be there. Raises :class:`DeployError`."""

    def leave(self) -> None:  # noqa: B027 - most have nothing in what is others'
        """Take out of one that stays what a deploy has put into it."""
