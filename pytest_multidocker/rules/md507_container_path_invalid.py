"""MD507: a containerPath begins with a slash and is mounted once."""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerrun import MountPoint
from ..dockerrun.shown import shown
from ._context import Context
from ._model import RUNTIME, Problem, ecs_api
from ._registry import register

_REFUSAL = "CannotCreateContainerError: Error response from daemon: "


@register(
    id="MD507",
    name="container-path-invalid",
    severity="error",
    phase=RUNTIME,
    source=ecs_api("MountPoint"),
    summary="A containerPath begins with a slash and is mounted once.",
    applies=lambda context: any(found.mount_points for found in context.containers),
)
def container_path_invalid(context: Context) -> Iterator[Problem]:
    """Yield each mount that Docker refuses for its place in the container."""
    sources = {volume.name: volume.source_path for volume in context.volumes}
    for container in context.containers:
        seen: set[str] = set()
        for mount in container.mount_points:
            path = mount.container_path
            if not path:
                message, text = "This mount point has no containerPath.", ""
            elif not path.startswith("/"):
                message = f"The containerPath '{shown(path)}' does not begin with a slash."
                text = _not_absolute(sources.get(mount.source_volume), mount)
            elif not path.strip("/"):
                message = f"{context.label(container)} mounts a volume over its whole file system."
                text = f"{_REFUSAL}invalid specification: destination can't be '/'"
            elif path.rstrip("/") in seen:
                message = f"{context.label(container)} mounts two volumes at '{shown(path)}'."
                text = f"{_REFUSAL}Duplicate mount point: {path}"
            else:
                seen.add(path.rstrip("/"))
                continue
            exists = context.document.has(f"{mount.pointer}/containerPath")
            yield Problem(
                message,
                f"{mount.pointer}/containerPath" if exists else mount.pointer,
                fix="Write a path from the root that no other mount point has.",
                aws_text=text,
                at="value" if exists else "opening",
            )


def _not_absolute(source: str | None, mount: MountPoint) -> str:
    """Return Docker's words about the bind; of an empty volume the source's name is not known."""
    if not source:
        return ""
    bind = f"{source}:{mount.container_path}{':ro' if mount.read_only else ''}"
    return (
        f"{_REFUSAL}invalid volume specification: '{bind}': invalid mount config for type \"bind\":"
        f" invalid mount path: '{mount.container_path}' mount path must be absolute"
    )
