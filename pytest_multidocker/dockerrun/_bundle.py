"""The Dockerrun file in a source bundle: the ZIP archive that is given to Elastic Beanstalk."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ._issues import RawIssue
from .shown import shown

NAME = "Dockerrun.aws.json"


class Bundled(NamedTuple):
    """What a bundle has: the file's bytes, or why there are none, and what is at its root."""

    data: bytes
    issues: list[RawIssue]
    beside: frozenset[str]


def read_bundle(path: Path, most: int) -> Bundled | None:
    """Return at most that many bytes of the bundle's Dockerrun file; ``None`` if it is no bundle.

    Elastic Beanstalk looks for the file at the root of the archive and nowhere else.
    """
    import zipfile  # it takes longer to load than to check a file

    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if NAME in names:
                with archive.open(NAME) as file:
                    return Bundled(file.read(most), [], _at_root(names))
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError):
        return None
    return Bundled(b"", [_not_there(names)], _at_root(names))


def _at_root(names: list[str]) -> frozenset[str]:
    return frozenset(name for name in names if "/" not in name)


def _not_there(names: list[str]) -> RawIssue:
    found = next((name for name in names if name.rpartition("/")[2].lower() == NAME.lower()), "")
    if "/" in found:
        message = f"The source bundle has {shown(found, 80)}, not {NAME} at its root."
        fix = "Make the archive inside the folder, not of the folder."
    elif found:
        message = f"The source bundle has {found}, not {NAME}: upper and lower case count."
        fix = f"Rename the file to {NAME}."
    else:
        message, fix = f"The source bundle has no {NAME}.", f"Add {NAME} at its root."
    return RawIssue("bundle-layout", message, fix, 0, 0)
