"""How a container ended, asked of Docker after it has said that it did.

Source: ``agent/dockerclient/dockerapi/docker_client.go`` (``containerMetadata``,
``MetadataFromContainer``) and ``agent/engine/docker_task_engine.go`` (``setExitCodeFromEvent``,
``synchronizeContainerStatus``) of amazon-ecs-agent.
"""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from docker.errors import APIError, NotFound

from ..ecs import reasons
from ..ecs.events import Died
from .bounds import Bounds, bounded
from .bridge import runs_here
from .observation import KILLED, died, is_dead
from .oom import OomKills
from .troubles import TROUBLES, is_nobody_there, reason

if TYPE_CHECKING:
    from docker import DockerClient

_LONGEST_PAUSE = 2.0  # seconds between attempts to reach a daemon that is away


class Autopsy:
    """Finds out the exit codes of dead containers and what killed them.

    ``closing`` ends the wait for a daemon that is away.
    """

    def __init__(self, client: DockerClient, bounds: Bounds, closing: threading.Event) -> None:
        self._bounds = bounds
        self._inspecting = bounded(client, bounds.inspect)
        self._pinging = bounded(client, bounds.ping).api
        self._closing = closing
        self._oom_kills = OomKills(self._is_here)

    def inspect(self, runtime_id: str) -> dict[str, Any] | None:
        """Return Docker's view of a container, ``None`` if it is not there any more.

        Raises what the library does where Docker does not answer.
        """
        try:
            inspected: dict[str, Any] = self._inspecting.api.inspect_container(runtime_id)
        except NotFound:
            return None
        return inspected

    def starts(self, runtime_id: str) -> int:
        """Take note that the container is about to start.

        Return how many processes this machine's kernel has killed before for want of memory.
        """
        return self._oom_kills.starts(runtime_id)

    def process_killed(self, runtime_id: str) -> None:
        """Take note that Docker knows of one in that container."""
        self._oom_kills.told(runtime_id)

    def ran_out_of_memory(self, runtime_id: str, exit_code: int | None, since: int | None) -> bool:
        """Tell whether it did where Docker does not know: by a SIGKILL that nobody has asked for.

        ``since`` is what :meth:`starts` returned; ``None`` where it has no memory limit, or where
        somebody had Docker send a SIGKILL. To be asked once for each death, in their order.
        """
        if exit_code != KILLED or since is None:
            return False
        return self._oom_kills.claim(runtime_id, since)

    def missed(
        self,
        container: str,
        runtime_id: str,
        inspected: dict[str, Any] | None,
        since: int | None,
    ) -> Died:
        """Return the end of a container whose death nobody has told of.

        ``since`` is that of :meth:`ran_out_of_memory`.
        """
        if inspected is None:
            return Died(container, time.time(), None, reason=reasons.CONTAINER_VANISHED)
        ended = died(container, inspected, time.time())
        if ended.oom_killed:
            self.process_killed(runtime_id)
            return ended
        oom = self.ran_out_of_memory(runtime_id, ended.exit_code, since)
        return replace(ended, oom_killed=oom)

    def perform(self, runtime_id: str, ended: Died) -> Died | None:
        """Return how a container ended; ``ended`` is what Docker's event says of it.

        ``None`` where the daemon has not answered before the end of the run.
        """
        pause = 0.05
        while True:
            try:
                inspected = self._inspecting.api.inspect_container(runtime_id)
            except TROUBLES as error:
                if self._answers(error):
                    return replace(ended, reason=self._why(error))
            else:
                return _seen(ended, inspected)
            if self._closing.wait(pause):
                return None
            pause = min(2 * pause, _LONGEST_PAUSE)

    def close(self) -> None:
        """Let go of what the kernel says."""
        self._oom_kills.close()

    def _is_here(self) -> bool:
        try:
            return runs_here(self._inspecting)
        except TROUBLES:
            return False

    def _why(self, error: Exception) -> str:
        return reason("CannotInspectContainerError", error, "inspecting", self._bounds.inspect)

    def _answers(self, error: Exception) -> bool:
        if isinstance(error, APIError):
            return True
        try:
            # One that is back just now has not been asked yet.
            return bool(self._pinging.ping()) and not is_nobody_there(error)
        except TROUBLES:
            return False


def _seen(ended: Died, inspected: dict[str, Any]) -> Died:
    if not is_dead(inspected):  # it has been started again: the event alone knows how it ended
        return ended
    seen = died(ended.container, inspected, ended.at)
    return replace(seen, oom_killed=seen.oom_killed or ended.oom_killed)
