"""Containers whose application takes its time to start, whatever the image.

The container itself starts as ever, and ECS reports RUNNING as soon as it does. A busybox, mounted
from a volume, waits in the application's place and then becomes it. The image stays as it is.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import TaskError

_PLACE = "/.multidocker"
_TOOL = f"{_PLACE}/busybox"

# What stops the container stops the wait. A name without a slash is looked up as Docker does:
# busybox would take its own program of that name.
_SCRIPT = f"""
trap 'exit 143' TERM
trap 'exit 130' INT
trap 'exit 131' QUIT
{_TOOL} sleep "$0" &
wait $!
name=$1
shift
path=$name
case $name in
*/*) ;;
*) IFS=:; for folder in $PATH; do path=${{folder:-.}}/$name; test -x "$path" && break; done ;;
esac
exec -a "$name" "$path" "$@"
"""


def delayed(
    request: Mapping[str, Any],
    delays: Mapping[str, float],
    image_config: Callable[[str], Mapping[str, Any]],
    tools: Callable[[], str],
) -> dict[str, Any]:
    """Return the task definition request with the applications of some containers delayed.

    ``delays`` has seconds by container name, ``image_config`` gives Docker's ``Config`` of an
    image, ``tools`` the name of a Docker volume that holds a static busybox, asked for only if it
    is needed. Raises :class:`TaskError` for a container that there is not, and for no delay.
    """
    changed = copy.deepcopy(dict(request))
    containers = {container["name"]: container for container in changed["containerDefinitions"]}
    for name, seconds in delays.items():
        if name not in containers:
            names = ", ".join(containers)
            raise TaskError(f"There is no container '{name}' to start slowly, only {names}.")
        if not isinstance(seconds, int | float) or not 0 < seconds < math.inf:
            raise TaskError(f"'{name}' cannot start {seconds!r} s late: name a time above 0.")
        command = _command(containers[name], image_config(containers[name]["image"]))
        if command:  # else Docker will refuse the container, with its own words
            _delay(changed, containers[name], command, seconds, tools())
    return changed


def _command(container: Mapping[str, Any], image: Mapping[str, Any]) -> list[str]:
    """Return what the container runs; with an entry point of its own it loses the image's words."""
    if container.get("entryPoint"):
        return [*container["entryPoint"], *(container.get("command") or [])]
    return [*(image.get("Entrypoint") or []), *(container.get("command") or image.get("Cmd") or [])]


def _delay(
    request: dict[str, Any],
    container: dict[str, Any],
    command: list[str],
    seconds: float,
    volume: str,
) -> None:
    container["entryPoint"] = [_TOOL, "sh", "-c", _SCRIPT, f"{seconds:g}"]
    container["command"] = command
    mount = {"sourceVolume": volume, "containerPath": _PLACE, "readOnly": True}
    container["mountPoints"] = [*(container.get("mountPoints") or []), mount]
    known = request.get("volumes") or []
    if all(found.get("name") != volume for found in known):
        shared = {"scope": "shared", "autoprovision": False}
        known = [*known, {"name": volume, "dockerVolumeConfiguration": shared}]
    request["volumes"] = known
