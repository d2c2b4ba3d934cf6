"""What git says of the project's folder."""

from __future__ import annotations

import subprocess
from pathlib import Path


def commit(folder: Path) -> str:
    """Return the commit; empty where the folder is in no repository, or there is none yet."""
    return _git(folder, "rev-parse", "HEAD")


def branch(folder: Path) -> str:
    """Return the branch that is checked out; empty where there is none."""
    return _git(folder, "symbolic-ref", "--short", "HEAD")


def _git(folder: Path, *words: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words], capture_output=True, text=True, check=False
        )
    except OSError:  # git is not there
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
