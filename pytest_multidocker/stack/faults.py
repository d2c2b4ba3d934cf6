"""What a test can do to a container beyond what Docker offers by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import TaskError

if TYPE_CHECKING:
    from ..engine.container import EcsContainer
    from .probe import Probe

_TOOL = "/busybox-multidocker"  # a busybox works by no name that does not begin with its own


def oom(container: EcsContainer, probe: Probe, limit: int) -> None:
    """Use up a container's memory from inside until the kernel kills its first process.

    ``limit`` is its hard limit in MiB. A static busybox is copied in, as the image may hold nothing
    to do it with. It first makes the container's own first process the kernel's choice, then
    touches twice the limit.
    """
    from docker.errors import APIError

    wrapped = container.get_wrapped_container()
    try:
        container.copy_into_container(probe.busybox(), _TOOL, mode=0o755)
        wrapped.exec_run([_TOOL, "sh", "-c", _SCRIPT.format(size=2 * limit)], user="0")
    except APIError as error:
        # The exec's own end is lost with the container: that is what was asked for.
        wrapped.reload()
        if wrapped.status == "running":
            name = wrapped.name
            raise TaskError(f"Memory of {name} cannot be used up: {error.explanation}") from error


_SCRIPT = (
    "echo 1000 > /proc/1/oom_score_adj; "
    f"exec {_TOOL} dd if=/dev/zero of=/dev/null bs={{size}}M count=1"
)
