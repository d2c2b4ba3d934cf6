"""Image names of CI files beside those of containers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .words import nearest

_VARIABLE = re.compile(r"\$\{\{[^}]*\}\}|\$\{[^}]*\}|\$\w+")


def owner_of(image: str) -> str:
    """Return registry and account of an image: what stands before its last slash."""
    return image.rpartition("/")[0]


def matches(pushed: str, image: str) -> bool:
    """Return whether pushing ``pushed`` makes ``image``; variables stand for any text."""
    pattern = ".+?".join(re.escape(part) for part in _VARIABLE.split(_with_tag(pushed)))
    return re.fullmatch(pattern, _with_tag(image)) is not None


def _with_tag(image: str) -> str:
    plain = _VARIABLE.sub("x", image)
    return image if "@" in plain or ":" in plain.rpartition("/")[2] else f"{image}:latest"


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
