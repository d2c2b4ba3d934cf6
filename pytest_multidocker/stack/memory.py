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
_READ = 20 * 1024  # MiB that each of the processes reads, so that all are there at the same time
_LEAST_TIMES = 100
_SCRIPT = """
for process in 1 2 3 4; do "$0" dd if=/dev/zero of=/dev/null bs={part}M count={times} & done
wait
"""


def use_up(container: EcsContainer, probe: Probe, beside: Beside, limit: int) -> None:
    """Touch twice the container's hard limit of ``limit`` MiB in four of its own processes.

    The container's first process is made the kernel's choice before: to the kernel that is worth
    almost the limit, which none of the four comes near. Raises :class:`TaskError` where the
    container outlives it.
    """
    from docker.errors import APIError

    from ..engine.troubles import words

    wrapped = container.get_wrapped_container()
    beside.among_processes("echo 1000 > /proc/1/oom_score_adj")
    read_only = wrapped.attrs["HostConfig"]["ReadonlyRootfs"]
    with beside.lent_busybox() if read_only else _copied_busybox(container, probe) as busybox:
        part = max(limit // 2, 1)
        times = max(_LEAST_TIMES, _READ // part)
        command = [busybox, "sh", "-c", _SCRIPT.format(part=part, times=times), busybox]
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
            failure = words(error) if wrapped.status in {"running", "paused"} else None
    if failure is not None:
        raise TaskError(f"Memory of {wrapped.name} cannot be used up: {failure}")


@contextmanager
def _copied_busybox(container: EcsContainer, probe: Probe) -> Iterator[str]:
    container.copy_into_container(probe.busybox(), _COPY, mode=0o755)
    yield _COPY
