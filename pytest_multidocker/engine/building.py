"""Building images through the engine's API: neither a docker client nor buildx is needed."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections import deque
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..project.images import BuildRecipe

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.images import Image

CONTEXT_LABEL = "pytest-multidocker.context"
"""The label of an image we built; its value tells whether the files it was built from changed."""

_SHOWN_LINES = 20
_BUILD_SILENCE = 900
"""Seconds for which a build may print nothing before it is given up."""


class BuildFailed(Exception):  # noqa: N818 - says what is the case
    """A build failed; the text is what went wrong and the last lines that the build printed."""


def build(client: DockerClient, recipe: BuildRecipe) -> None:
    """Build and tag the recipe's image. Raises :class:`BuildFailed`."""
    if not recipe.context.is_dir():
        raise BuildFailed(f"the build context {recipe.context} is not a folder")
    if not recipe.dockerfile.is_file():
        raise BuildFailed(f"there is no {recipe.dockerfile}")
    before = _ours(client, recipe.image)
    _run(
        client,
        path=str(recipe.context),
        dockerfile=str(recipe.dockerfile.resolve()),
        tag=recipe.image,
        buildargs=dict(recipe.build_args),
        target=recipe.target or "",
        labels={CONTEXT_LABEL: context_digest(recipe)},
    )
    if before is not None:
        _remove_superseded(client, before)


def build_files(client: DockerClient, image: str, files: Mapping[str, bytes]) -> None:
    """Build and tag ``image`` from files in memory, one of which is named ``Dockerfile``.

    The files are executable. Raises :class:`BuildFailed`.
    """
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o755
            tar.addfile(member, io.BytesIO(content))
    archive.seek(0)
    _run(client, fileobj=archive, custom_context=True, tag=image)


def context_digest(recipe: BuildRecipe) -> str:
    """Return a digest of all that a build reads: files, their modes, the recipe's options."""
    digest = hashlib.sha256(repr((recipe.build_args, recipe.target)).encode())
    digest.update(recipe.dockerfile.read_bytes())
    for name in _context_files(recipe):
        path = recipe.context / name
        digest.update(f"\0{name}\0".encode())
        if path.is_symlink():
            digest.update(str(path.readlink()).encode())
        elif path.is_file():
            digest.update(f"{path.stat().st_mode & 0o777:o}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _ours(client: DockerClient, image: str) -> Image | None:
    """Return the image of that name if we built it."""
    from docker.errors import ImageNotFound

    try:
        found = client.images.get(image)
    except ImageNotFound:
        return None
    return found if CONTEXT_LABEL in found.labels else None


def _remove_superseded(client: DockerClient, image: Image) -> None:
    """Remove an image that a build has taken the name from, unless somebody still uses it."""
    from docker.errors import APIError, ImageNotFound

    try:
        image.reload()
        if not image.tags:
            client.images.remove(str(image.id))
    except ImageNotFound:
        pass  # the same build at the same time elsewhere has removed it
    except APIError as error:
        if error.status_code != HTTPStatus.CONFLICT:
            raise BuildFailed(f"the image before it could not be removed: {error}") from error


def _context_files(recipe: BuildRecipe) -> list[str]:
    from docker.utils.build import exclude_paths

    ignore = recipe.context / ".dockerignore"
    lines = ignore.read_text(encoding="utf-8").splitlines() if ignore.is_file() else []
    patterns = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return sorted(exclude_paths(str(recipe.context), patterns))


def _run(client: DockerClient, **options: Any) -> None:
    from .troubles import TROUBLES, words

    try:
        lines = client.api.build(
            **options, rm=True, forcerm=True, decode=True, timeout=_BUILD_SILENCE
        )
        _follow(lines)
    except TROUBLES as error:
        raise BuildFailed(words(error)) from error


def _follow(lines: Iterable[dict[str, Any]]) -> None:
    shown: deque[str] = deque(maxlen=_SHOWN_LINES)
    for line in lines:
        if "error" in line:
            raise BuildFailed(
                "\n".join([str(line["error"]).strip(), *(f"| {text}" for text in shown)])
            )
        shown.extend(text for text in line.get("stream", "").splitlines() if text.strip())


def relative(path: Path, folder: Path) -> str:
    """Return ``path`` as seen from ``folder``, for messages."""
    try:
        return str(path.relative_to(folder))
    except ValueError:
        return str(path)
