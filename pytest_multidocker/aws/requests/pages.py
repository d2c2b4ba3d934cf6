"""Answers of several pages: a token is the number of the entry that the next page begins with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

_T = TypeVar("_T")


def page(
    entries: Sequence[_T], token: Any, most: int | None, refuse: Callable[[str], Exception]
) -> tuple[list[_T], str | None]:
    """Return the entries from a token on, ``most`` at the most, and the token of the rest.

    Without a token these are the first ones. Raises what ``refuse`` makes of a text for a token
    that has never been given.
    """
    text = str(token or 0)
    if not text.isdecimal() or int(text) > len(entries):
        raise refuse(f"Invalid token: {token}")
    start = int(text)
    rest = start + (most or len(entries))
    return list(entries[start:rest]), str(rest) if rest < len(entries) else None
