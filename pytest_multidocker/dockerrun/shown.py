"""How messages show what a file may hold at any length."""

from __future__ import annotations

import re


def shown(text: str, most: int = 60) -> str:
    """Return the text, or its beginning and three dots if it has more than ``most`` characters."""
    return text if len(text) <= most else f"{text[: most - 3]}..."


_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]|(?<=##)(?=\\[)"
)


def visible(text: str) -> str:
    """Return the text with escapes for what a terminal or a log would act on and not show.

    These are control characters, line ends among them, marks that turn the direction of writing,
    and ``##[``, with which a line of a log gives GitHub a command wherever it stands.
    """
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode() or "\\", text)
