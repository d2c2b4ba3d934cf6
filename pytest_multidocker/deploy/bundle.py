"""The source bundle: a zip file of the project with the Dockerrun file at its root.

Source: https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/applications-sourcebundle.html, and
for what ``.ebignore`` leaves out https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/
eb-cli3-configuration.html
"""

from __future__ import annotations

import hashlib
import io
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import DeployError

LARGEST = 500 * 1024 * 1024
"""Bytes that Elastic Beanstalk takes at most."""

DOCKERRUN = "Dockerrun.aws.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip file knows
_SKIPPED = {".git", ".hg", ".svn", ".elasticbeanstalk", ".multidocker", ".tox", ".venv"}


@dataclass(frozen=True)
class Bundle:
    """A bundle, and the label of the application version that it makes: its content's digest."""

    content: bytes
    label: str
    files: tuple[str, ...]


def make_bundle(folder: Path, dockerrun: Path) -> Bundle:
    """Return the bundle of a project; the same files always give the same one.

    What git or ``.ebignore`` ignores stays out. Raises :class:`DeployError` for one that is larger
    than Elastic Beanstalk takes.
    """
    files = {DOCKERRUN: dockerrun}
    files |= {path: folder / path for path in _files(folder) if path != DOCKERRUN}
    content = _zip(files)
    if len(content) > LARGEST:
        raise DeployError(
            f"the source bundle of {folder} has {len(content) >> 20} MiB, and Elastic Beanstalk "
            f"takes {LARGEST >> 20}. List what it does not need in .ebignore."
        )
    digest = hashlib.sha256(content).hexdigest()[:12]
    return Bundle(content, f"multidocker-{digest}", tuple(files))


def _zip(files: dict[str, Path]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (path.stat().st_mode & 0xFFFF) << 16
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()


def _files(folder: Path) -> Iterator[str]:
    listed = _git_files(folder)
    for name in listed if listed is not None else _all_files(folder):
        path = folder / name
        if path.is_file() and not path.is_symlink() and _SKIPPED.isdisjoint(Path(name).parts):
            yield name


def _git_files(folder: Path) -> list[str] | None:
    """Return what git does not ignore; ``None`` where the folder is in no repository."""
    ignore = folder / ".ebignore"
    excluded = [f"--exclude-from={ignore}"] if ignore.is_file() else ["--exclude-standard"]
    command = ["git", "ls-files", "-z", "--cached", "--others", *excluded]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    except OSError:  # there is no git
        return None
    if done.returncode != 0:
        return None
    names = [name for name in done.stdout.decode(errors="surrogateescape").split("\0") if name]
    if not ignore.is_file():
        return names
    # A file that git tracks is listed whatever is excluded.
    command = ["git", "ls-files", "-z", "--cached", "--ignored", *excluded]
    ignored = subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout
    return sorted({*names} - {*ignored.decode(errors="surrogateescape").split("\0")})


def _all_files(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*"))]
