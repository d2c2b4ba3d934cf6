"""Whose a thing in the account is: a deploy tags what it makes, and a destroy removes only that.

A tag is given in the request that creates a thing wherever AWS takes it there, so that no
interruption comes between the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_KEY = "multidocker:application"
WAS_THERE = "it was there before"


def tags(application: str) -> list[dict[str, str]]:
    """Return the tag of what is made for an application, as all services of AWS take it."""
    return [{"Key": _KEY, "Value": application}]


def unless_made_for(application: str, found: Iterable[Mapping[str, str]]) -> str | None:
    """Return why a thing with the tags ``found`` is to stay, or None if it may be removed."""
    made = any(tag["Key"] == _KEY and tag["Value"] == application for tag in found)
    return None if made else WAS_THERE
