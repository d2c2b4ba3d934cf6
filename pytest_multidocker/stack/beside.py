"""Commands beside a container: in its network or among its processes, in an image of our own.

Nothing is asked of the user's image, and nothing is written to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..errors import TaskError

if TYPE_CHECKING:
    from docker import DockerClient

_TIMEOUT = 30  # seconds for a command that takes milliseconds


class Beside:
    """Makes containers of the probe image that share namespaces with another container.

    They carry ``labels``, by which the run finds them if this process ends before it removes them.
    """

    def __init__(
        self, client: DockerClient, image: str, runtime_id: str, labels: Mapping[str, str]
    ) -> None:
        self._client = client
        self._image = image
        self._labels = dict(labels)
        self._network = {"network_mode": f"container:{runtime_id}"}
        self._processes = {"pid_mode": f"container:{runtime_id}", "network_mode": "none"}

    def in_network(self, script: str, *arguments: str) -> str:
        """Run a shell script that may change the container's network; see :meth:`_run`."""
        return self._run(script, arguments, cap_add=["NET_ADMIN"], **self._network)

    def among_processes(self, script: str, *arguments: str) -> str:
        """Run a shell script that sees the container's files under ``/proc/1/root``."""
        return self._run(script, arguments, cap_add=["SYS_PTRACE"], **self._processes)

    @contextmanager
    def lent_busybox(self) -> Iterator[str]:
        """Give the path of a busybox by which the container's own root can execute it.

        It is another container's file, reached through a process that stands among this one's. That
        process has no capabilities, so that one with as few may look into it.
        """
        command = ["busybox", "sh", "-c", f"echo $$; exec busybox sleep {_TIMEOUT}"]
        helper = self._create(command, cap_drop=["ALL"], **self._processes)
        try:
            _start(helper)
            yield f"/proc/{_first_number(helper)}/root/bin/busybox"
        finally:
            helper.remove(force=True)

    def _run(self, script: str, arguments: Sequence[str], **options: Any) -> str:
        """Return what the script printed; raise :class:`TaskError` with that where it fails."""
        from requests import RequestException

        container = self._create(["busybox", "sh", "-euc", script, "sh", *arguments], **options)
        try:
            _start(container)
            status = int(container.wait(timeout=_TIMEOUT)["StatusCode"])
            printed: str = container.logs().decode(errors="replace").strip()
        except RequestException as error:
            raise TaskError(f"A command of {_TIMEOUT} s at most has not ended: {error}") from error
        finally:
            container.remove(force=True)
        if status != 0:
            raise TaskError(printed or f"A command beside the container exits with {status}.")
        return printed

    def _create(self, command: list[str], **options: Any) -> Any:
        return self._client.containers.create(
            self._image, command, labels=self._labels, user="0", **options
        )


def _start(container: Any) -> None:
    from docker.errors import APIError

    from ..engine.troubles import words

    try:
        container.start()
    except APIError as error:  # such as: there is no process any more to stand beside
        raise TaskError(f"Nothing can be run beside the container: {words(error)}") from error


def _first_number(container: Any) -> int:
    """Return the number that the container prints, as soon as it does."""
    stream = container.logs(stream=True, follow=True)
    try:
        return int(next(stream))
    finally:
        stream._response.close()  # the stream's own close() leaves the socket open
