"""Using up a container's memory from inside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..errors import TaskError
from .bounded import within

if TYPE_CHECKING:
    from ..engine.container import EcsContainer
    from .beside import Beside
    from .probe import Probe

_COPY = "/busybox-multidocker"  # a busybox works by no name that does not begin with its own
_TIMEOUT = 60.0  # seconds, of which it takes less than one
_KILLED = 137


def use_up(container: EcsContainer, probe: Probe, beside: Beside, limit: int) -> None:
    """Touch twice the container's hard limit of ``limit`` MiB in one of its own processes.

    The container's first process is made the kernel's choice before. Raises :class:`TaskError`
    where the container outlives it.
    """
    from docker.errors import APIError

    wrapped = container.get_wrapped_container()
    beside.among_processes("echo 1000 > /proc/1/oom_score_adj")
    read_only = wrapped.attrs["HostConfig"]["ReadonlyRootfs"]
    with beside.lent_busybox() if read_only else _copied_busybox(container, probe) as busybox:
        command = [busybox, "dd", "if=/dev/zero", "of=/dev/null", f"bs={2 * limit}M", "count=1"]
        try:
            status, output = within(
                _TIMEOUT,
                f"Using up the memory of {wrapped.name}",
                lambda: wrapped.exec_run(command, user="0"),
            )
            failure = None if status in {_KILLED, None} else f"{status}: {output!r}"
        except APIError as error:
            # The exec's own end is lost with the container: that is what was asked for.
            wrapped.reload()
            failure = str(error.explanation) if wrapped.status in {"running", "paused"} else None
    if failure is not None:
        raise TaskError(f"Memory of {wrapped.name} cannot be used up: {failure}")


@contextmanager
def _copied_busybox(container: EcsContainer, probe: Probe) -> Iterator[str]:
    container.copy_into_container(probe.busybox(), _COPY, mode=0o755)
    yield _COPY
