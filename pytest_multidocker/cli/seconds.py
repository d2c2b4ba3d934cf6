"""Seconds on the command line."""

from __future__ import annotations

import math


def seconds_in(text: str) -> float | None:
    """Return the seconds from 0 on that a text is, ``None`` for other texts."""
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 <= seconds < math.inf else None
