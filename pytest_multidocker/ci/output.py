"""What is said of a build, line by line.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands for
``::add-mask::``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from .mask import STARS, Mask

_ADD_MASK = "::add-mask::"
_ESCAPES = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))


class Output:
    """Says lines without secrets: those that are known, and those that the lines tell of."""

    def __init__(self, say: Callable[[str], None], mask: Mask) -> None:
        """``say`` gets the lines, ``mask`` knows the secrets, and learns more of them."""
        self.mask = mask
        self._say = say
        self._noted: Path | None = None
        self._read = 0

    def watch(self, noted: Path) -> None:
        """Heed from now on the file in which our ``docker`` notes passwords."""
        self._noted = noted

    def __call__(self, line: str) -> None:
        """Say a line."""
        if line.startswith(_ADD_MASK):
            secret = line.removeprefix(_ADD_MASK)
            for code, sign in _ESCAPES:
                secret = secret.replace(code, sign)
            self.mask.add(secret)
            line = f"{_ADD_MASK}{STARS}"
        self.mask.add(*self._logins())
        self._say(self.mask(line))

    def _logins(self) -> list[str]:
        """Return the passwords that ``docker login`` has been given since the last line."""
        if self._noted is None or not self._noted.exists():
            return []
        with self._noted.open(encoding="utf-8") as file:
            file.seek(self._read)
            lines = file.readlines()
            self._read = file.tell()
        return [json.loads(line) for line in lines]
