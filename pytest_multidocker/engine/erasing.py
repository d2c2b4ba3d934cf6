"""Removing a run's folder with what containers have written there."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from .run import is_workdir, remove_workdir

if TYPE_CHECKING:
    from docker import DockerClient

_PLACE = "/workdir"
_EACH = ("-mindepth", "1", "-maxdepth", "1")


def erase(client: DockerClient, workdir: Path) -> None:
    """Remove a run's folder, also what is root's there while we are not.

    What a container wrote as root only root may remove: a container has one.
    """
    from .stock_images import probe_image
    from .troubles import TROUBLES

    remove_workdir(workdir)
    if not is_workdir(workdir):
        return
    with contextlib.suppress(*TROUBLES):
        client.containers.run(
            probe_image(client),
            ["busybox", "find", _PLACE, *_EACH, "-exec", "busybox", "rm", "-rf", "{}", "+"],
            volumes={str(workdir): {"bind": _PLACE, "mode": "rw"}},
            remove=True,
        )
    remove_workdir(workdir)
