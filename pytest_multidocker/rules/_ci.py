"""Image names of CI files beside those of containers."""

from __future__ import annotations

from collections.abc import Iterable

from ..project.image_names import plain
from .words import nearest


def owner_of(image: str) -> str:
    """Return registry and account of an image: what stands before its last slash."""
    return plain(image).rpartition("/")[0]


def like(image: str, others: Iterable[str]) -> str:
    """Return the sentence that proposes the image whose name is nearest, or an empty text."""
    by_name = {_name(other): other for other in others}
    name = _name(image)
    found = next((each for each in by_name if each in name or name in each), "")
    found = found or nearest(name, by_name)
    return f" Did you mean '{by_name[found]}'?" if found else ""


def _name(image: str) -> str:
    """Return the last part of an image's name, without its tag."""
    return image.rpartition("/")[2].partition("@")[0].partition(":")[0]
