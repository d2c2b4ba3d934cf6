"""The source bundle: a zip file of the project with the Dockerrun file at its root.

Source: https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/applications-sourcebundle.html, and
for what ``.ebignore`` leaves out https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/
eb-cli3-configuration.html
"""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from ..errors import DeployError

LARGEST = 500 * 1024 * 1024
"""Bytes that Elastic Beanstalk takes at most."""

DOCKERRUN = "Dockerrun.aws.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip file knows
_SKIPPED = {".git", ".hg", ".svn", ".elasticbeanstalk", ".multidocker", ".tox", ".venv"}


@dataclass(frozen=True)
class Bundle:
    """A bundle, and the label of the application version that it makes.

    The label is the digest of its content and of the images that are known.
    """

    content: bytes
    files: tuple[str, ...]
    images: tuple[str, ...] = ()

    @cached_property
    def label(self) -> str:
        """The version's label: of the same files and images always the same."""
        digest = hashlib.sha256("".join(self.images).encode() + self.content).hexdigest()[:12]
        return f"multidocker-{digest}"

    def of_images(self, images: Iterable[str]) -> Bundle:
        """Return the bundle for containers made of the images with these ids.

        With another image behind the same name it is another version, as every build of a CI is.
        """
        return replace(self, images=tuple(images))


def make_bundle(folder: Path, dockerrun: Path) -> Bundle:
    """Return the bundle of a project; the same files always give the same one.

    What git or ``.ebignore`` ignores stays out. Raises :class:`DeployError` for one that is larger
    than Elastic Beanstalk takes.
    """
    files = {DOCKERRUN: dockerrun}
    files |= {path: folder / path for path in project_files(folder) if path != DOCKERRUN}
    content = _zip(files)
    if len(content) > LARGEST:
        raise DeployError(
            f"the source bundle of {folder} has {len(content) >> 20} MiB, and Elastic Beanstalk "
            f"takes {LARGEST >> 20}. List what it does not need in .ebignore."
        )
    return Bundle(content, tuple(files))


def _zip(files: dict[str, Path]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (path.stat().st_mode & 0xFFFF) << 16
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()


def project_files(folder: Path) -> list[str]:
    """Return the files of a project that belong in its source bundle, relative to its folder.

    With an ``.ebignore`` they are all that it does not name, else all that git does not ignore. A
    link counts as the file that it leads to, if that is in the project as well.
    """
    root = folder.resolve()
    ignore = root / ".ebignore"
    names = _not_named(root, ignore) if ignore.is_file() else _git_files(root)
    return [name for name in (_all_files(root) if names is None else names) if _belongs(root, name)]


def _belongs(root: Path, name: str) -> bool:
    path = (root / name).resolve()
    return root in path.parents and path.is_file() and _SKIPPED.isdisjoint(Path(name).parts)


def _not_named(root: Path, ignore: Path) -> list[str]:
    from pathspec import GitIgnoreSpec

    spec = GitIgnoreSpec.from_lines(ignore.read_text("utf-8", "replace").splitlines())
    return [name for name in _all_files(root) if not spec.match_file(name)]


def _git_files(root: Path) -> list[str] | None:
    """Return what git does not ignore; ``None`` where the folder is in no repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, check=False)
    except OSError:  # there is no git
        return None
    if done.returncode != 0:
        return None
    listed = done.stdout.decode(errors="surrogateescape").split("\0")
    return sorted({name for name in listed if name})


def _all_files(root: Path) -> list[str]:
    found: list[str] = []
    for place, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in _SKIPPED]
        found += [(Path(place) / name).relative_to(root).as_posix() for name in files]
    return sorted(found)
