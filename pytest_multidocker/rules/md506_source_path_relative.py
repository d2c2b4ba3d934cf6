"""MD506: a sourcePath begins with a slash."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun.shown import shown
from ._context import Context
from ._model import RUNTIME, Problem, ecs_api
from ._registry import register


def _refusal(path: str) -> str:
    if "/" not in path:
        return ""
    return (
        f'CannotCreateContainerError: Error response from daemon: create {path}: "{path}" includes'
        ' invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed.'
        " If you intended to pass a host directory, use absolute path"
    )


@register(
    id="MD506",
    name="source-path-relative",
    severity="error",
    phase=RUNTIME,
    source=ecs_api("HostVolumeProperties"),
    summary="A sourcePath begins with a slash.",
    applies=lambda context: bool(context.volumes),
)
def source_path_relative(context: Context) -> Iterator[Problem]:
    """Yield each host folder that does not begin with a slash."""
    for volume in context.volumes:
        path = volume.source_path
        if path and path.strip() and not path.startswith("/"):
            proposal = "/var/app/current/" + path.removeprefix("./")
            yield Problem(
                f"The sourcePath '{shown(path)}' is relative; to Docker that is a volume's name.",
                f"{volume.pointer}/host/sourcePath",
                fix=f"Write {shown(proposal, 80)} for a folder of the source bundle.",
                aws_text=_refusal(path),
            )
