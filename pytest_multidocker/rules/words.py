"""Small helpers for messages."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.72) -> str:
    """Return the known word that ``word`` most likely stands for, or the empty string.

    Case, underscores and hyphens do not count as differences.
    """
    by_shape: dict[str, str] = {}
    for candidate in known:
        by_shape.setdefault(_shape(candidate), candidate)
    wanted = _shape(word)
    if wanted in by_shape:
        return by_shape[wanted]
    from difflib import get_close_matches

    close = get_close_matches(wanted, by_shape, n=1, cutoff=cutoff)
    return by_shape[close[0]] if close else ""


def is_slip(word: str, meant: str) -> bool:
    """Return whether the words differ so little that nothing else can have been meant."""
    from difflib import SequenceMatcher

    ratio = SequenceMatcher(None, _shape(word), _shape(meant)).ratio()
    return ratio >= 0.85  # noqa: PLR2004 - 'link' for 'links', not 'memoryMin' for 'memory'


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the sentence that proposes the nearest known word, with a space before it, or ''."""
    found = nearest(word, known)
    return f" Did you mean '{found}'?" if found else ""


def listed(words: Iterable[str]) -> str:
    """Return ``'a', 'b' and 'c'``."""
    quoted = [f"'{word}'" for word in words]
    return " and ".join(filter(None, [", ".join(quoted[:-1]), *quoted[-1:]]))


def _shape(word: str) -> str:
    return word.replace("_", "").replace("-", "").lower()
