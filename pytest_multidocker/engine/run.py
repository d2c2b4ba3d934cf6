"""A run: all that one emulator makes on a Docker Engine, under one label and one lock.

Every container, volume and network of a run carries the label `io.multidocker.run=<id>`. For its
life the run holds an flock on `<state folder>/runs/<id>.lock`; the kernel lets go of it when the
process ends, however it ends. So anyone can tell a dead run from a live one without trusting a
process id, which may long belong to somebody else.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RUN_LABEL = "io.multidocker.run"
WORKDIR_PREFIX = "multidocker-"


@dataclass(frozen=True)
class Run:
    """A run that is alive: `workdir` is its private folder, `labels` go on all that it makes."""

    id: str
    workdir: Path
    lock_path: Path
    _lock_fd: int = field(repr=False)

    @property
    def labels(self) -> dict[str, str]:
        """The labels of everything that this run makes."""
        return run_labels(self.id)

    @classmethod
    def start(cls, workdir: Path | None = None) -> Run:
        """Begin a run: take its lock and its folder (a new one under the temp folder if None)."""
        folder = runs_dir()
        workdir = workdir or Path(tempfile.mkdtemp(prefix=WORKDIR_PREFIX))
        while True:
            run_id = secrets.token_hex(6)
            lock_path = folder / f"{run_id}.lock"
            lock_fd = _lock_new_file(lock_path)
            if lock_fd is not None:
                break
        run = cls(run_id, workdir, lock_path, lock_fd)
        run.note_engine(None)
        return run

    def note_engine(self, engine: str | None) -> None:
        """Write down the id of the engine that the run uses: only there is it swept."""
        record = {"pid": os.getpid(), "workdir": str(self.workdir), "engine": engine}
        os.ftruncate(self._lock_fd, 0)
        os.pwrite(self._lock_fd, json.dumps(record).encode(), 0)

    def abandon(self) -> None:
        """Let go of the run, of which something is left: whoever sweeps dead runs finds it."""
        with contextlib.suppress(OSError):
            os.close(self._lock_fd)

    def end(self, *, keep_workdir: bool = False) -> None:
        """Remove the run's folder and lock. Call it once all that the run made is gone."""
        if not keep_workdir:
            remove_workdir(self.workdir)
        self.lock_path.unlink(missing_ok=True)
        self.abandon()


@dataclass(frozen=True)
class KnownRun:
    """A run that left a lock file on this machine, whether it lives or not."""

    id: str
    lock_path: Path
    pid: int
    workdir: Path | None
    engine: str | None = None

    def is_on(self, engine: str) -> bool:
        """Return whether the run used the engine of this id, or may have."""
        return self.engine is None or self.engine == engine

    def is_alive(self) -> bool:
        """Return whether the run's process holds its lock."""
        with claim(self) as claimed:
            return not claimed and self.lock_path.exists()


def run_labels(run_id: str) -> dict[str, str]:
    """Return the labels of everything that the run of this id makes."""
    return {RUN_LABEL: run_id}


def runs_dir() -> Path:
    """Return the folder of the lock files, made if need be.

    `$XDG_STATE_HOME/multidocker/runs`, by default under `~/.local/state`; a folder of the user's
    under the temp folder where that cannot be written, or the user has no home.
    """
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    fallback = Path(tempfile.gettempdir()) / f"multidocker-state-{os.getuid()}"
    bases = [fallback]
    with contextlib.suppress(RuntimeError):  # there is neither HOME nor an entry for the user
        bases.insert(0, Path(state).expanduser() / "multidocker")
    for base in bases:
        folder = base / "runs"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError:
            continue
        if os.access(folder, os.W_OK | os.X_OK) and folder.stat().st_uid == os.getuid():
            return folder
    raise PermissionError(f"neither {state}/multidocker nor {fallback} can be written")


def known_runs() -> list[KnownRun]:
    """Return the runs that have a lock file on this machine."""
    return [_read_lock_file(path) for path in sorted(runs_dir().glob("*.lock"))]


@contextlib.contextmanager
def claim(run: KnownRun) -> Iterator[bool]:
    """Hold a dead run's lock for the block, so that nobody else sweeps it; yield whether we do."""
    try:
        lock_fd = os.open(run.lock_path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        yield False
        return
    try:
        yield _try_lock(lock_fd)
    finally:
        os.close(lock_fd)


def forget(run: KnownRun) -> None:
    """Remove a dead run's folder and lock file."""
    if run.workdir is not None:
        remove_workdir(run.workdir)
    run.lock_path.unlink(missing_ok=True)


def remove_workdir(workdir: Path) -> None:
    """Remove a run's private folder; only one of our name and our own, whatever a file says."""
    if is_workdir(workdir):
        shutil.rmtree(workdir, ignore_errors=True)


def is_workdir(path: Path) -> bool:
    """Tell whether a folder can be a run's: whether it has such a name, and is our own."""
    try:
        ours = path.name.startswith(WORKDIR_PREFIX) and path.lstat().st_uid == os.getuid()
    except FileNotFoundError:
        return False
    return ours and not path.is_symlink()


def _lock_new_file(path: Path) -> int | None:
    try:
        lock_fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return None
    if _try_lock(lock_fd) and path.exists():
        return lock_fd
    os.close(lock_fd)  # a sweeper was faster than we: it has taken the new file for a dead run's
    return None


def _try_lock(lock_fd: int) -> bool:
    try:
        fcntl.flock(lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read_lock_file(path: Path) -> KnownRun:
    record: Mapping[str, Any] = {}
    with contextlib.suppress(OSError, ValueError):
        record = json.loads(path.read_text())
    workdir = record.get("workdir")
    return KnownRun(
        path.stem,
        path,
        record.get("pid", 0),
        Path(workdir) if workdir else None,
        record.get("engine"),
    )
