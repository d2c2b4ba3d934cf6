"""What a deployment is on one instance: its stages, hooks and attempts.

Source: the hooks of the multi-container platform and ``/var/log/eb-activity.log`` of environments
on it. The old task is stopped first, whatever becomes of the new one; nothing is rolled back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

ATTEMPTS = 2
"""How often the last hook tries to start the task."""


class Work(Enum):
    """What a hook does on the instance."""

    DOWNLOAD = "download the source bundle and unpack it to /var/app/staging"
    STOP = "stop the task"
    FLIP = "move /var/app/staging to /var/app/current"
    START = "start the task"
    NOTHING = "nothing that an application could notice"


@dataclass(frozen=True)
class Hook:
    """One hook of a command: where it stands, and what it does."""

    stage: int
    name: str
    work: Work

    def path(self, command: str) -> str:
        """Return the activity's name in the log."""
        return f"{command}/AppDeployStage{self.stage}/{self.name}"


_ENACT = "AppDeployEnactHook"

DEPLOY = (
    Hook(0, "DownloadSourceBundle", Work.DOWNLOAD),
    Hook(0, "EbExtensionPreBuild", Work.NOTHING),
    Hook(0, "AppDeployPreHook", Work.NOTHING),
    Hook(0, "EbExtensionPostBuild", Work.NOTHING),
    Hook(0, "InfraCleanEbextension", Work.NOTHING),
    Hook(1, f"{_ENACT}/00stop-task.sh", Work.STOP),
    Hook(1, f"{_ENACT}/01flip-dir.sh", Work.FLIP),
    Hook(1, f"{_ENACT}/02update-credentials.sh", Work.NOTHING),
    Hook(1, f"{_ENACT}/03start-task.sh", Work.START),
)
"""The command that brings an application version to an instance."""

RESTART = (
    Hook(0, "RestartAppServerEnactHook/00stop-task.sh", Work.STOP),
    Hook(0, "RestartAppServerEnactHook/01start-task.sh", Work.START),
)
"""The command that RestartAppServer gives."""


class Activity:
    """Tells the hooks of a command as ``eb-activity.log`` has them.

    ``stamp`` gives the time as the log writes it.
    """

    def __init__(self, command: str, hooks: tuple[Hook, ...]) -> None:
        self.command = command
        self.hooks = hooks

    def starting(self, hook: Hook, stamp: str) -> str:
        """Return the line that begins a hook."""
        return self._line(hook, stamp, "Starting activity...")

    def completed(self, hook: Hook, stamp: str) -> str:
        """Return the line that ends a hook."""
        return self._line(hook, stamp, "Completed activity.")

    def failed(self, hook: Hook, stamp: str, reason: str) -> str:
        """Return the lines of a hook that has failed."""
        told = "\n".join(f"  {line}" for line in reason.splitlines())
        return self._line(hook, stamp, f"Activity execution failed, because:\n{told}")

    def _line(self, hook: Hook, stamp: str, text: str) -> str:
        return f"[{stamp}] INFO  - [{hook.path(self.command)}] : {text}\n"
