"""Reading the files of a project's folder, whatever stands there under a file's name."""

from __future__ import annotations

import logging
import stat
from pathlib import Path

_LOG = logging.getLogger(__name__)
LARGEST = 1_000_000
"""Bytes; what is written by hand is far smaller."""


def read(file: Path, *, errors: str = "strict") -> str:
    """Return the text of a file of UTF-8; empty where there is none that can be read.

    What is no plain file, such as a pipe that nobody writes to, and what is larger than anybody
    writes, is passed over too.
    """
    try:
        found = file.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST:
            _LOG.debug("%s is not read: it is no file, or larger than %s bytes", file, LARGEST)
            return ""
        return file.read_text(encoding="utf-8", errors=errors)
    except (OSError, ValueError) as error:
        _LOG.debug("%s is not read: %s", file, error)
        return ""
