"""Small helpers for messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

_MOST_LOOKED_UP = 200
"""Words that hints are given for in one file; nobody mis-spells more."""
_MOST_KNOWN = 200
"""Words that one is compared with."""
_MOST_LISTED = 10


class Hints:
    """Finds what the words of one file were meant to be, each once, and not for ever."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, Sequence[str]], str] = {}

    def nearest(self, word: str, known: tuple[str, ...]) -> str:
        """Return what `nearest` does; the empty string after too many words."""
        key = word, known
        if key not in self._found:
            if len(self._found) >= _MOST_LOOKED_UP:
                return ""
            self._found[key] = nearest(word, islice(known, _MOST_KNOWN))
        return self._found[key]

    def did_you_mean(self, word: str, known: tuple[str, ...]) -> str:
        """Return the sentence that proposes the nearest known word, with a space, or ''."""
        found = self.nearest(word, known)
        return f" Did you mean '{found}'?" if found else ""


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.72) -> str:
    """Return the known word that ``word`` most likely stands for, or the empty string.

    Case, underscores and hyphens do not count as differences.
    """
    by_shape: dict[str, str] = {}
    for candidate in known:
        by_shape.setdefault(letters(candidate), candidate)
    wanted = letters(word)
    if wanted in by_shape:
        return by_shape[wanted]
    from difflib import get_close_matches

    close = get_close_matches(wanted, by_shape, n=1, cutoff=cutoff)
    return by_shape[close[0]] if close else ""


def is_slip(word: str, meant: str) -> bool:
    """Return whether the words differ so little that nothing else can have been meant."""
    from difflib import SequenceMatcher

    ratio = SequenceMatcher(None, letters(word), letters(meant)).ratio()
    return ratio >= 0.85  # noqa: PLR2004 - 'link' for 'links', not 'memoryMin' for 'memory'


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the sentence that proposes the nearest known word, with a space before it, or ''."""
    found = nearest(word, known)
    return f" Did you mean '{found}'?" if found else ""


def listed(words: Iterable[str]) -> str:
    """Return ``'a', 'b' and 'c'``; of many, the first ones and how many there are more."""
    quoted = [f"'{word}'" for word in words]
    if len(quoted) > _MOST_LISTED:
        more = len(quoted) - _MOST_LISTED + 1
        quoted[_MOST_LISTED - 1 :] = [f"{more} more"]
    return " and ".join(filter(None, [", ".join(quoted[:-1]), *quoted[-1:]]))


def letters(word: str) -> str:
    """Return the word without what is often written otherwise: case, underscores and hyphens."""
    return word.replace("_", "").replace("-", "").lower()
