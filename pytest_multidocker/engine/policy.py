"""What a task may touch of the machine it runs on.

On AWS a task owns its instance. On a laptop it must not: a Dockerrun file may come from a pull
request. Only the project's folder and a log folder of the run are lent out; anything more has to be
allowed by its name in the settings (``allow``).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..dockerrun.model import ContainerDefinition, Volume

BUNDLE = "/var/app/current"
LOGS = "/var/log/containers"


class Refused(Exception):  # noqa: N818 - it says what has been done, not that something broke
    """The task asks for more of the machine than it has been allowed."""


@dataclass(frozen=True)
class Lent:
    """What stands for a container instance that shares nothing with others but the machine."""

    bundle: Path
    logs: Path


@dataclass(frozen=True)
class Policy:
    """What is lent to tasks: the project in the place of the source bundle, a folder for logs.

    ``allow`` holds absolute host paths, ``volume:NAME`` for Docker volumes that are not of the run,
    and the words ``privileged``, ``capabilities``, ``devices``, ``security-options``,
    ``host-network``, ``host-pid`` and ``host-ipc``. ``instances`` gives the folders of a container
    instance, by its ARN, where it has its own: its host ports are its own then, too, and cannot be
    this machine's.
    """

    project_dir: Path | None
    log_dir: Path
    allow: frozenset[str] = field(default_factory=frozenset)
    instances: Callable[[str], Lent | None] = field(default=lambda _arn: None, compare=False)

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

    def host_path(self, volume: Volume, instance: str = "") -> str:
        """Return the folder of this machine that stands for the volume's ``sourcePath``.

        ``instance`` is the ARN of the task's container instance. Raises :class:`Refused` for a path
        outside what is lent.
        """
        path = posixpath.normpath(volume.source_path or "")
        lent = self.instances(instance)
        bundle, logs = (lent.bundle, lent.logs) if lent else (self.project_dir, self.log_dir)
        for root, folder in ((BUNDLE, bundle), (LOGS, logs)):
            if folder is not None and (path == root or path.startswith(root + "/")):
                return self._inside(folder, path[len(root) :].lstrip("/"), volume)
        if any(path == lent or path.startswith(lent.rstrip("/") + "/") for lent in self._paths()):
            return path
        if not path.startswith("/"):
            raise Refused(f"volume {volume.name} asks for {path}, which is no absolute host path.")
        raise Refused(self._hint(f"volume {volume.name} asks for the host path {path}", path))

    def _inside(self, folder: Path, rest: str, volume: Volume) -> str:
        folder = folder.resolve()
        target = (folder / rest).resolve()  # a link in the project must not lead out of it
        if target != folder and folder not in target.parents:
            what = f"volume {volume.name} leads out of {folder} to {target}"
            raise Refused(self._hint(what, str(target)))
        return str(target)

    def _paths(self) -> Iterator[str]:
        return (entry for entry in self.allow if entry.startswith("/"))

    @staticmethod
    def _hint(what: str, word: str) -> str:
        return (
            f"multidocker does not lend this machine to a task: {what}. "
            f'To allow it, add "{word}" to "allow" in [tool.multidocker].'
        )


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
