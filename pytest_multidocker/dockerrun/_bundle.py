"""The Dockerrun file in a source bundle: the ZIP archive that is given to Elastic Beanstalk."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ._issues import RawIssue

NAME = "Dockerrun.aws.json"
MAGIC = b"PK\x03\x04"


class Bundled(NamedTuple):
    """What a bundle has: the file's bytes, or why there are none."""

    data: bytes
    issues: list[RawIssue]


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
                    return Bundled(file.read(most), [])
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError):
        return None
    nested = next((name for name in names if name.rpartition("/")[2].lower() == NAME.lower()), "")
    if nested:
        message = f"The source bundle has {nested[:80]}, not {NAME} at its root."
        fix = "Make the archive inside the folder, not of the folder."
    else:
        message, fix = f"The source bundle has no {NAME}.", f"Add {NAME} at its root."
    return Bundled(b"", [RawIssue("bundle-layout", message, fix, 0, 0)])
