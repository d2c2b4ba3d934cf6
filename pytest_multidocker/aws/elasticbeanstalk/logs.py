"""The logs of instances: their last lines, or all of them in an archive, put into S3."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from . import messages
from .cloud import CloudError
from .records import now

if TYPE_CHECKING:
    from .environment import Instance
    from .runtime import Runtime

_TAIL_LINES = 100
_RULE = "-" * 37


def pull_logs(runtime: Runtime, kind: str, request_id: str) -> None:
    """Collect the logs of all instances, as ``tail`` or ``bundle``; the last event tells the end.

    The addresses are what RetrieveEnvironmentInfo gives then.
    """
    environment = runtime.environment
    tell = _teller(runtime, request_id)
    tell(messages.LOGS_REQUESTED, "INFO")
    found = []
    try:
        for instance in environment.instances:
            logs = collect(runtime, instance, _TAIL_LINES if kind == "tail" else None)
            key, content = _packed(environment.id, instance.id, kind, logs)
            address = runtime.region.cloud.publish(key, content)
            found.append(
                {
                    "InfoType": kind,
                    "Ec2InstanceId": instance.id,
                    "SampleTimestamp": now(),
                    "Message": address,
                }
            )
            said = messages.logs_tailed if kind == "tail" else messages.logs_bundled
            tell(said(instance.id, len(logs)), "INFO")
    except (CloudError, OSError) as error:
        tell(messages.ours(str(error)), "ERROR")
        tell(messages.LOGS_FAILED, "ERROR")
        return
    environment.infos[kind] = found
    tell(messages.LOGS_PULLED, "INFO")


def collect(runtime: Runtime, instance: Instance, lines: int | None) -> dict[str, str]:
    """Return the logs of an instance by their paths on it: the last lines of each, or all."""
    files = sorted(_files(instance.logs))
    logs = {f"/var/log/{path}": _last(text, lines) for path, text in files}
    snapshot = runtime.region.tasks.task(instance.task) if instance.task else None
    for container in snapshot["containers"] if snapshot is not None else ():
        runtime_id = container.get("runtimeId")
        if runtime_id is not None:
            path = f"/var/log/containers/{container['name']}-{runtime_id[:12]}-stdouterr.log"
            logs[path] = runtime.region.log(runtime_id, lines)
    return logs


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the files below a folder and their texts; no links, for containers write there."""
    for place, _, names, opened in os.fwalk(folder):
        for name in names:
            path = (Path(place) / name).relative_to(folder).as_posix()
            if (text := _read(name, opened)) is not None:
                yield path, text


def _read(name: str, folder: int) -> str | None:
    """Return the text of a file in an open folder; ``None`` of what is no plain file, or gone."""
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError:
        return None
    with os.fdopen(descriptor, encoding="utf-8", errors="replace") as file:
        return file.read() if stat.S_ISREG(os.fstat(descriptor).st_mode) else None


def _packed(environment: str, instance: str, kind: str, logs: dict[str, str]) -> tuple[str, bytes]:
    """Return the key of the object in S3, and its content."""
    place = f"resources/environments/logs/{kind}/{environment}/{instance}"
    stamp = int(now().timestamp() * 1000)
    if kind == "tail":
        told = "\n\n\n".join(f"{_RULE}\n{path}\n{_RULE}\n{text}" for path, text in logs.items())
        return f"{place}/TailLogs-{stamp}.txt", f"{told}\n".encode()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bundle:
        for path, text in logs.items():
            bundle.writestr(path.removeprefix("/"), text)
    return f"{place}/BundleLogs-{stamp}.zip", archive.getvalue()


def _last(text: str, lines: int | None) -> str:
    return text if lines is None else "\n".join(text.splitlines()[-lines:])


def _teller(runtime: Runtime, request_id: str) -> Callable[[str, str], None]:
    environment = runtime.environment

    def tell(message: str, severity: str) -> None:
        runtime.region.journal.write(
            message,
            severity,
            environment.application,
            environment=environment.name,
            environment_id=environment.id,
            request_id=request_id,
        )

    return tell
