"""How messages show what a file may hold at any length."""

from __future__ import annotations


def shown(text: str, most: int = 60) -> str:
    """Return the text, or its beginning and three dots if it has more than ``most`` characters."""
    return text if len(text) <= most else f"{text[: most - 3]}..."
