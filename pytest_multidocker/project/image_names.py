"""Names of images with variables in them, as CI files have them, beside plain ones."""

from __future__ import annotations

from .shell import literals, masked

_LONGEST = 1000
"""Characters; no registry takes a name of as many."""
_DEFAULT = "docker.io/"
"""What Docker itself puts before a name without a registry, and ``library/`` behind it."""


def plain(image: str) -> str:
    """Return the name without the registry that Docker takes by itself."""
    if not image.startswith(_DEFAULT):
        return image
    return image.removeprefix(_DEFAULT).removeprefix("library/")


def repository(image: str) -> str:
    """Return the name without its tag and its digest; a variable may hold a tag as well.

    Signs within a variable, such as the colon of ``${REGISTRY:-x}``, part nothing.
    """
    name = masked(image).partition("@")[0]
    colon = name.rfind(":")
    return image[: colon if colon > name.rfind("/") else len(name)]


def stands_for(written: str, image: str) -> bool:
    """Return whether ``written`` may be the name of ``image``: a variable stands for any text."""
    if len(written) > _LONGEST:
        return False
    parts = literals(_with_tag(plain(written)))
    return _fits(parts, _with_tag(plain(image)))


def _fits(parts: list[str], text: str) -> bool:
    """Whether the text is the parts with something between each two; each is looked for once."""
    first, *middle = parts
    if not middle:
        return first == text
    last = middle.pop()
    position = len(first)
    if not text.startswith(first):
        return False
    for part in middle:
        position = text.find(part, position + 1)
        if position < 0:
            return False
        position += len(part)
    return text.endswith(last) and position < len(text) - len(last)


def _with_tag(image: str) -> str:
    """Return the name with ``:latest`` where it has neither tag nor digest, nor a variable last."""
    last = literals(image)[-1] if image else ""
    has_suffix = "@" in image or ":" in last.rpartition("/")[2]
    open_end = last == "" or repository(image) != image
    return image if has_suffix or open_end else f"{image}:latest"
