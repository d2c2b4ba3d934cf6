"""The Docker volumes of tasks, and what containers mount.

Source: ``agent/api/task/taskvolume.go`` and ``task.go`` (``initializeDockerLocalVolumes``,
``addSharedVolumes``, ``dockerHostBinds``) of amazon-ecs-agent.
"""

from __future__ import annotations

import contextlib
import posixpath
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..dockerrun.model import ContainerDefinition, Volume
from ..ecs import reasons
from .identity import TASK_LABEL, TaskIdentity
from .policy import Policy, Refused
from .run import RUN_LABEL, Run
from .troubles import words

if TYPE_CHECKING:
    from docker import DockerClient


class InvalidVolume(Exception):  # noqa: N818 - it names what is the case
    """A container mounts what cannot be mounted; the text is the agent's."""


class SharedVolumeMissing(Exception):  # noqa: N818
    """A shared volume is not there, and shall not be made; the text is the agent's."""


class Volumes:
    """Makes the Docker volumes of a run's tasks, and tells which folder or volume is mounted."""

    def __init__(self, client: DockerClient, run: Run, policy: Policy) -> None:
        self._client = client
        self._run = run
        self._policy = policy

    def provision(self, task: TaskIdentity) -> None:
        """Make the volumes that the task mounts, and those shared ones that are missing.

        Raises :class:`SharedVolumeMissing`, :class:`~.policy.Refused`, and docker's ``APIError``.
        """
        for volume in task.definition.docker_volumes:
            self._policy.check_volume(volume)
            if not is_shared(volume):
                self._make(volume, task.volume_name(volume.name), {TASK_LABEL: task.arn})
            elif not self._is_there(volume):
                self._make(volume, volume.name, {})

    def binds(self, task: TaskIdentity, container: ContainerDefinition) -> Iterator[str]:
        """Yield what the container mounts, as ``source:path[:ro]``.

        Raises :class:`InvalidVolume`, and :class:`~.policy.Refused` for a folder that is not lent.
        """
        volumes = {volume.name: volume for volume in task.definition.volumes}
        lent = self._lent(task)
        for mount in container.mount_points:
            if mount.source_volume not in volumes:
                raise InvalidVolume(f"Invalid volume referenced: {mount.source_volume}")
            source = self._source(task, volumes[mount.source_volume])
            if not mount.container_path:
                raise InvalidVolume(
                    "Unable to resolve volume mounts; invalid path: "
                    f"{container.name} {mount.source_volume}; {source} -> "
                )
            yield f"{source}:{mount.container_path}" + (":ro" if mount.read_only else "")
            if isinstance(source, Path) and not mount.read_only:
                taken = {other.container_path.rstrip("/") for other in container.mount_points}
                yield from nailed(source, mount.container_path, lent, taken)

    def _source(self, task: TaskIdentity, volume: Volume) -> str | Path:
        if volume.source_path:
            return self._policy.host_path(volume, task)
        return volume.name if is_shared(volume) else task.volume_name(volume.name)

    def _lent(self, task: TaskIdentity) -> list[Path]:
        """Return what the task's volumes stand for on this machine; what is missing is made.

        Docker would make it when a container starts, and others may have made a link of it by then.
        """
        found: list[Path] = []
        for volume in task.definition.volumes:
            if volume.source_path:
                with contextlib.suppress(Refused, OSError):  # told to who mounts it
                    path = self._policy.host_path(volume, task)
                    found.append(path)
                    path.mkdir(parents=True, exist_ok=True)
        return found

    def _make(self, volume: Volume, name: str, labels: Mapping[str, str]) -> None:
        config = _config(volume)
        self._client.api.create_volume(
            name,
            driver=config.get("driver"),
            driver_opts=config.get("driverOpts"),
            labels={**(config.get("labels") or {}), **self._run.labels, **labels},
        )

    def _is_there(self, volume: Volume) -> bool:
        """Tell whether the instance has the volume; one of the user's own is not lent unasked."""
        from docker.errors import NotFound

        try:
            found = self._client.api.inspect_volume(volume.name)
        except NotFound as error:
            if _config(volume).get("autoprovision"):
                return False
            said = f"Error response from daemon: {words(error)}"
            raise SharedVolumeMissing(reasons.no_shared_volume(volume.name, said)) from None
        if (found.get("Labels") or {}).get(RUN_LABEL) != self._run.id:
            self._policy.check_foreign(volume)
        return True


def nailed(
    source: Path, container_path: str, lent: Sequence[Path], taken: Container[str]
) -> Iterator[str]:
    """Yield what has to be mounted besides, where a container may write to a folder.

    Docker looks up the path of a bind at each start. Where one of ``lent`` lies below the folder,
    the container could have put a link in its place, and have Docker mount what it likes. What is
    a mount point of its own cannot be moved away: so each step of that path becomes one.
    """
    steps = {
        Path(*inner.parts[: depth + 1])
        for path in lent
        if source in path.parents
        for inner in (path.relative_to(source),)
        for depth in range(len(inner.parts))
    }
    for step in sorted(steps):
        target = posixpath.join(container_path, step.as_posix())
        if target not in taken:
            yield f"{source / step}:{target}"


def is_shared(volume: Volume) -> bool:
    """Tell whether the volume is the instance's, under its own name, and outlives its tasks."""
    return _config(volume).get("scope") == "shared"


def _config(volume: Volume) -> Mapping[str, Any]:
    return volume.docker_volume_configuration or {}
