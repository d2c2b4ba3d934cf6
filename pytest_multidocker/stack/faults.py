"""What a test can do to a running task, and what Amazon ECS would make of it.

No fault asks anything of the user's image. ``docs/faults.md`` has the same in a table.
"""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..ecs.definition import TaskDefinition
from ..errors import TaskError
from . import disk, memory, refusals
from .reported import ReportedTask

if TYPE_CHECKING:
    from ..engine.container import EcsContainer
    from .beside import Beside
    from .platform import Platform
    from .probe import Probe

_RECONNECT = """
ip link set eth0 up
ip route replace default via "$1" dev eth0  # with the interface the kernel has taken it down
busybox arping -f -q -w 5 -I eth0 "$1" || true
"""
"""The bridge lets the interface through some time after it is up, and who has asked for its address
in vain does not ask again at once: all hear the question that the last line has answered."""


class Faults(ReportedTask):
    """A task with its faults, one method each. All raise :class:`TaskError` where they cannot be.

    What can be taken back is taken back by its counterpart, or by :meth:`heal` at the end of the
    test; what cannot ends with the task.
    """

    def __init__(self, platform: Platform, arn: str, definition: TaskDefinition) -> None:
        super().__init__(platform.monitor, arn, definition)
        self._platform = platform
        self._heals: dict[tuple[str, ...], Callable[[], None]] = {}

    @abstractmethod
    def container(self, name: str) -> EcsContainer:
        """Return the container with the API of testcontainers' ``DockerContainer``."""

    @abstractmethod
    def runtime_id(self, container: str) -> str:
        """Return a container's Docker id; raises :class:`TaskError` before it is created."""

    @abstractmethod
    def inspect(self, container: str) -> dict[str, Any]:
        """Return Docker's own view of a container (``docker inspect``)."""

    @abstractmethod
    def probe(self, container: str) -> Probe:
        """Return a probe in the container's network; it lives as long as the task."""

    def kill(self, container: str, signal: str = "SIGKILL") -> None:
        """Send a signal to a container's first process. Returns without waiting for what follows.

        ECS sees the container exit with code 137 after SIGKILL, or as it ends itself. If it is
        essential, the task stops. A signal that it outlives is not seen at all
        (``agent/dockerclient/dockerapi/docker_client.go:handleContainerEvents``).
        """
        self._docker("killed", container, self._platform.client.api.kill, signal)

    def oom(self, container: str) -> None:
        """Have a container use more memory than its hard limit, until the kernel kills it.

        ECS sees exit code 137 and the reason ``OutOfMemoryError: Container killed due to memory
        usage`` (``agent/dockerclient/dockerapi/errors.go``). Raises :class:`TaskError` for a
        container without a hard limit.
        """
        limit = self.definition_of(container).memory
        if limit is None:
            raise TaskError(f"Container '{container}' has no hard limit to exceed.")
        memory.use_up(
            self.container(container), self.probe(container), self._beside(container), limit
        )

    def pause(self, container: str) -> None:
        """Freeze all processes of a container: its ports accept connections and nothing answers.

        ECS sees nothing. Docker tells of it, but to the agent a container that is paused runs
        (``docker_client.go:handleContainerEvents``, ``DockerStateToState``). Docker probes its
        health no more, so that stays as it was. A task that stops wakes it to its stop signal.
        """
        self._docker("paused", container, self._platform.client.api.pause)
        self._heals["pause", container] = lambda: self.unpause(container)

    def unpause(self, container: str) -> None:
        """Let the processes of a paused container go on where they were."""
        self._heals.pop(("pause", container), None)
        self._docker("unpaused", container, self._platform.client.api.unpause)

    def disconnect(self, container: str) -> None:
        """Take a container's network away, as if its cable had been pulled.

        It reaches nobody, which it learns at once, and nobody reaches it, which others learn by
        waiting. Its address, its published ports and the names that lead to it stay. ECS sees
        nothing, unless the health check of the container needs the network: then UNHEALTHY, which
        stops no container either (``agent/engine/docker_task_engine.go:handleDockerEvent``).
        """
        self._gateway(container)  # before anything has happened, raises where it has no network
        self._beside(container).in_network("ip link set eth0 down")
        self._heals["disconnect", container] = lambda: self.reconnect(container)

    def reconnect(self, container: str) -> None:
        """Give a container its network back: address, published ports and names as before."""
        gateway = self._gateway(container)
        self._heals.pop(("disconnect", container), None)
        self._beside(container).in_network(_RECONNECT, gateway)

    def fill_disk(self, container: str, path: str, *, leave: int = 0) -> None:
        """Fill the tmpfs at or above ``path`` of a container until ``leave`` bytes are free.

        Its processes then fail to write there with "No space left on device". ECS sees nothing,
        unless they exit of it or the health check fails. The memory that the file takes does not
        count towards the container's limit. Raises :class:`TaskError` for a path on any other disk:
        that of the machine is never filled. The way out is ``linuxParameters.tmpfs``, or a volume
        of the type tmpfs.
        """
        mounts = self.inspect(container)["Mounts"]
        lent = {mount["Destination"] for mount in mounts if mount["Type"] == "bind"}
        disk.fill(self._beside(container), container, path, leave, lent)
        self._heals["fill_disk", container, path] = lambda: self.free_disk(container, path)

    def free_disk(self, container: str, path: str) -> None:
        """Give back what :meth:`fill_disk` has taken at that path."""
        self._heals.pop(("fill_disk", container, path), None)
        disk.free(self._beside(container), container, path)

    def heal(self) -> None:
        """Take back all faults that can be taken back, of containers that still run."""
        while self._heals:
            (_, container, *_), take_back = self._heals.popitem()
            with contextlib.suppress(TaskError):  # it has gone
                if self.inspect(container)["State"]["Running"]:
                    take_back()

    def _docker(self, done: str, container: str, call: Callable[..., Any], *arguments: str) -> None:
        runtime_id = self.runtime_id(container)
        with refusals.told(container, runtime_id, done):
            call(runtime_id, *arguments)

    def _beside(self, container: str) -> Beside:
        return self._platform.beside(self.runtime_id(container))

    def _gateway(self, container: str) -> str:
        settings = self.inspect(container)["NetworkSettings"]
        gateway = (settings["Networks"].get("bridge") or {}).get("Gateway")
        if not gateway:
            raise TaskError(f"Container '{container}' is not on the bridge, or does not run.")
        return str(gateway)
