"""What a task may touch of the machine it runs on.

On AWS a task owns its instance. On a laptop it must not: a Dockerrun file may come from a pull
request. Only a source bundle and a log folder are lent out, which no other instance has; anything
more has to be allowed by its name (``allow``).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..dockerrun.model import ContainerDefinition, Volume

if TYPE_CHECKING:
    from .identity import TaskIdentity

BUNDLE = "/var/app/current"
LOGS = "/var/log/containers"


class Refused(Exception):  # noqa: N818 - it says what has been done, not that something broke
    """The task asks for more of the machine than it has been allowed."""


@dataclass(frozen=True)
class Lent:
    """The folders of this machine that stand for those of a container instance."""

    bundle: Path
    logs: Path

    def folder(self, root: str) -> Path:
        """Return the one that stands for :data:`BUNDLE` or :data:`LOGS`."""
        return self.bundle if root == BUNDLE else self.logs


@dataclass(frozen=True)
class Policy:
    """What is lent to tasks.

    ``lend`` gives a task the folder that stands for :data:`BUNDLE` or :data:`LOGS` of its instance,
    ``None`` where there is none. ``allow`` holds absolute host paths, ``volume:NAME`` for Docker
    volumes that are not of the run, and the words ``privileged``, ``capabilities``, ``devices``,
    ``security-options``, ``host-network``, ``host-pid`` and ``host-ipc``.
    """

    lend: Callable[[TaskIdentity, str], Path | None]
    allow: frozenset[str] = field(default_factory=frozenset)

    def check(self, container: ContainerDefinition, network_mode: str = "bridge") -> None:
        """Raise :class:`Refused` if the container asks for rights that it has not been allowed."""
        for word, what in _rights(container, network_mode):
            if word not in self.allow:
                raise Refused(self._hint(f"{container.name} asks for {what}", word))

    def check_namespaces(self, pid_mode: str | None, ipc_mode: str | None) -> None:
        """Raise :class:`Refused` for a task that wants to be among the machine's own processes."""
        asked = (("host-pid", pid_mode, "processes"), ("host-ipc", ipc_mode, "shared memory"))
        for word, mode, what in asked:
            if mode == "host" and word not in self.allow:
                raise Refused(self._hint(f"the task asks for the {what} of the host", word))

    def check_volume(self, volume: Volume) -> None:
        """Raise :class:`Refused` for options of a volume driver: they can name any device."""
        config = volume.docker_volume_configuration or {}
        if config.get("driverOpts") and "devices" not in self.allow:
            raise Refused(self._hint(f"volume {volume.name} has driver options", "devices"))

    def check_foreign(self, volume: Volume) -> None:
        """Raise :class:`Refused` for a shared volume that this run has not made."""
        if (word := f"volume:{volume.name}") not in self.allow:
            what = f"volume {volume.name} is a Docker volume of this machine already"
            raise Refused(self._hint(what, word))

    def host_path(self, volume: Volume, task: TaskIdentity) -> Path:
        """Return the place on this machine that stands for the volume's ``sourcePath``.

        Raises :class:`Refused` for one outside what is lent to the task, or leads out of it.
        """
        path = posixpath.normpath(volume.source_path or "")
        if not path.startswith("/"):
            raise Refused(f"volume {volume.name} asks for {path}, which is no absolute host path.")
        for root in (BUNDLE, LOGS):
            if (below := _below(root, path)) is not None and (folder := self.lend(task, root)):
                return self._inside(folder, below, volume)
        for allowed in self.allow:
            if allowed.startswith("/") and (below := _below(allowed, path)) is not None:
                return self._inside(Path(allowed), below, volume)
        what = f"volume {volume.name} asks for the host path {path}"
        if _below(BUNDLE, path) is not None:
            what += ", which is in the source bundle, and --project has named no project"
        raise Refused(self._hint(what, path))

    def _inside(self, folder: Path, rest: str, volume: Volume) -> Path:
        folder = folder.resolve()
        target = (folder / rest).resolve()  # a link must not lead out of what is lent
        if target != folder and folder not in target.parents:
            what = f"volume {volume.name} leads out of {folder} to {target}"
            raise Refused(self._hint(what, str(target)))
        return target

    @staticmethod
    def _hint(what: str, word: str) -> str:
        return (
            f"multidocker does not lend this machine to a task: {what}. To allow it, add "
            f'"{word}" to "allow" in [tool.multidocker], or start multidocker serve --allow {word}.'
        )


def _below(root: str, path: str) -> str | None:
    """Return what stands behind a root in a path that is it, or lies below it."""
    root = root.rstrip("/")
    if path == root or path.startswith(f"{root}/"):
        return path[len(root) :].lstrip("/")
    return None


_HARMLESS = {"no-new-privileges", "no-new-privileges:true"}


def _rights(container: ContainerDefinition, network_mode: str) -> Iterator[tuple[str, str]]:
    linux = container.linux_parameters or {}
    if container.privileged:
        yield "privileged", "privileged mode"
    if (linux.get("capabilities") or {}).get("add"):
        yield "capabilities", "more capabilities"
    if linux.get("devices"):
        yield "devices", "devices of the host"
    if set(container.docker_security_options) - _HARMLESS:
        yield "security-options", "other security options"
    if network_mode == "host":
        yield "host-network", "the network of the host"
