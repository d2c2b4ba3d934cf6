"""What stands for the folders of a task's container instance.

An instance of Elastic Beanstalk has folders of its own, with its unpacked source bundle. Every
other task gets a copy of the project, as far as a source bundle would have it, and a folder for its
logs: what it does there it does to no other task, and not to the project.
"""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from ...deploy.bundle import project_files
from ...engine.identity import TaskIdentity
from ...engine.policy import LOGS, Lent


class Lending:
    """Lends folders to tasks; a project is copied when a task first asks for a part of it.

    ``instances`` gives the folders of a container instance, by its ARN, if it has its own.
    ``copies`` is where the copies are made, ``logs`` where each task gets a folder for its logs.
    """

    def __init__(
        self,
        project: Path | None,
        *,
        copies: Path,
        logs: Path,
        instances: Callable[[str], Lent | None],
    ) -> None:
        self._project = project
        self._copies = copies
        self._logs = logs
        self._instances = instances
        self._made: dict[str, Path] = {}
        self._lock = threading.Lock()

    def has_own(self, task: TaskIdentity) -> bool:
        """Tell whether the task's container instance has folders, and ports, of its own."""
        return self._instances(task.instance) is not None

    def lend(self, task: TaskIdentity, root: str) -> Path | None:
        """Return the folder that stands for BUNDLE or LOGS; ``None`` where there is no bundle.

        Raises OSError where the project cannot be copied.
        """
        if (own := self._instances(task.instance)) is not None:
            return own.folder(root)
        if root == LOGS:
            return self._logs / _name(task)
        with self._lock:
            if self._project is not None and task.arn not in self._made:
                self._made[task.arn] = _copy(self._project, self._copies / _name(task))
            return self._made.get(task.arn)

    def take_back(self, task: TaskIdentity) -> None:
        """Remove the copy that a task has had; its logs stay until the end of the run."""
        with self._lock:
            made = self._made.pop(task.arn, None)
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)


def _name(task: TaskIdentity) -> str:
    return task.arn.rpartition("/")[2]


def _copy(project: Path, target: Path) -> Path:
    target.mkdir(parents=True)
    for name in project_files(project):
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):  # git knows it, and it has been deleted
            shutil.copy2(project / name, place)
    return target
