"""What MD020, MD021 and MD022 share: what an unknown key was meant to be."""

from __future__ import annotations

from collections import Counter
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from ..dockerrun.shapes import UnknownKey, all_keys, is_of_beanstalk, shape
from ..dockerrun.shown import shown
from ._spelling import COMMENT_MARKS, NEVER, OTHER_VALUES, is_listed, meant_key, spelt_otherwise
from ._types import fits
from .words import is_slip

if TYPE_CHECKING:
    from ._context import Context

_VERSION_KEY = "AWSEBDockerrunVersion"
_MOST_PLACES = 2


class Kind(Enum):
    """What is wrong with a key."""

    UNKNOWN = 1
    MISSPELT = 2
    MISPLACED = 3


class Judged(NamedTuple):
    """An unknown key and what it was meant to be."""

    kind: Kind
    pointer: str
    shown: str
    meant: str
    """The right key of a mis-spelt one, the right place of a misplaced one."""
    fix: str
    reader: str
    is_sure: bool = False
    """Whether the right key can be put in place of the wrong one as it is."""

    @property
    def stands_for(self) -> tuple[str, str]:
        """The pointer of the object, and the key that the object should have in its place."""
        return self.pointer.rpartition("/")[0], self.meant


def judged(context: Context) -> tuple[Judged, ...]:
    """Return every unknown key but comments, and but what MD010 and MD015 say."""
    stated = context.dockerrun.version
    known = shape(f"Dockerrun{stated}")["members"] if stated else {}
    found = [
        _judge(each, context)
        for each in context.unknown_keys
        if not each.key.startswith(COMMENT_MARKS)
        and not (each.is_at_top and (each.key in known or _is_version(each, context)))
    ]
    targets = Counter(each.stands_for for each in found)
    # Two wrong spellings of one key must not become the same right one twice.
    return tuple(
        each._replace(is_sure=each.is_sure and targets[each.stands_for] == 1) for each in found
    )


def _judge(found: UnknownKey, context: Context) -> Judged:
    reader = "Elastic Beanstalk" if is_of_beanstalk(found.owner) else "ECS"
    place = _right_place(found)
    spelt = spelt_otherwise(found.key, found.owner)
    meant = spelt or (not place and meant_key(found.key, found.owner, context.hints)) or ""
    name = shown(found.key)
    if meant and meant not in found.present:
        sure = _is_sure(found, meant)
        return Judged(Kind.MISSPELT, found.pointer, name, meant, "", reader, sure)
    if meant:
        fix = f"Delete the key; '{meant}' stands in the same object."
        return Judged(Kind.UNKNOWN, found.pointer, name, "", fix, reader)
    if place:
        return Judged(Kind.MISPLACED, found.pointer, name, place, "", reader)
    elsewhere = context.version == 2 and found.key in all_keys()  # noqa: PLR2004 - the version
    fix = NEVER.get(found.key, "Move it to the object that it belongs to." if elsewhere else "")
    return Judged(Kind.UNKNOWN, found.pointer, name, "", fix, reader)


def _is_sure(found: UnknownKey, meant: str) -> bool:
    """Whether the right key can have what stands under the wrong one, and no other can be meant."""
    if found.key.lower() in OTHER_VALUES:
        return False
    plain = is_listed(found.key, found.owner) or is_slip(found.key, meant)
    return plain and fits(found.value, shape(found.owner)["members"][meant])


def _right_place(found: UnknownKey) -> str:
    """Return where the key would be understood, or the empty string."""
    if found.key in NEVER:
        return ""
    # ECS itself has cpu and memory of the whole task; Elastic Beanstalk documents no such keys.
    of_task = found.key in shape("RegisterTaskDefinitionRequest")["members"]
    inside = [] if found.owner == "Dockerrun2" and of_task else _inside(found.owner, found.key)
    if 0 < len(inside) <= _MOST_PLACES:
        return " or ".join(inside)
    return "" if inside else _around(found)


@cache
def _inside(owner: str, key: str) -> list[str]:
    """Return in which members of the structure the key would be understood."""
    found: dict[str, str] = {}
    for member, name in shape(owner)["members"].items():
        item = shape(name).get("item", "")
        inner = shape(item or name)
        if inner["type"] == "structure" and key in inner["members"]:
            found.setdefault(item or name, f"in an entry of {member}" if item else f"in {member}")
    if "ContainerDefinition" in found:
        return ["in a container definition"]
    return list(found.values())


def _around(found: UnknownKey) -> str:
    """Return the object around this one that would understand the key, or the empty string."""
    in_container = found.pointer.count("/") > "/containerDefinitions/0/key".count("/")
    if in_container and found.key in shape("ContainerDefinition")["members"]:
        return "" if found.owner == "ContainerDefinition" else "in the container definition"
    at_top = {key.lower() for key in shape("Dockerrun2")["members"]}
    return "at the top of the file" if not found.is_at_top and found.key.lower() in at_top else ""


def _is_version(found: UnknownKey, context: Context) -> bool:
    missing = _VERSION_KEY not in found.present
    return missing and meant_key(found.key, found.owner, context.hints) == _VERSION_KEY
