"""The client's side of an emulator process: starting it, sharing it, ending it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typing_extensions import Self

from pytest_multidocker.engine.run import WORKDIR_PREFIX
from pytest_multidocker.errors import EmulatorError, MultidockerError

if TYPE_CHECKING:
    from types import TracebackType

    from .options import EmulatorOptions

_STOP_TIMEOUT = 20.0  # seconds until a stopped emulator is killed
_LOG_NAME = "emulator.log"
_LIFELINE_NAME = "lifeline"


@dataclass(frozen=True)
class EmulatorHandle:
    """What another process needs to share an emulator; plain JSON by `as_dict`."""

    endpoint_url: str
    run_id: str
    pid: int
    workdir: str

    def as_dict(self) -> dict[str, Any]:
        """Return the handle as JSON; `EmulatorHandle(**...)` reads it."""
        return dict(vars(self))


class EmulatorProcess:
    """An emulator that lives at least as long as this object's process holds its lifeline."""

    def __init__(
        self, handle: EmulatorHandle, lifeline: int, process: subprocess.Popen[bytes] | None = None
    ) -> None:
        self.handle = handle
        self._process = process
        self._lifeline = lifeline
        # A fork that outlives its parent must not keep the emulator alive.
        weak_self = weakref.ref(self)
        os.register_at_fork(after_in_child=lambda: _release(weak_self()))

    @property
    def endpoint_url(self) -> str:
        """Where the emulator listens: what `AWS_ENDPOINT_URL` wants."""
        return self.handle.endpoint_url

    @property
    def run_id(self) -> str:
        """The id that all containers and volumes of this emulator carry in a label."""
        return self.handle.run_id

    @property
    def pid(self) -> int:
        """The emulator's process id."""
        return self.handle.pid

    def log_tail(self, lines: int = 20) -> str:
        """Return the last lines of the emulator's log; "" once the emulator has cleaned up."""
        return _tail(Path(self.handle.workdir) / _LOG_NAME, lines)

    def obituary(self, patience: float = 2.0) -> str:
        """Return in words how the emulator ended, with the end of its log where there is one.

        One that still ends is waited for, for at most `patience` seconds.
        """
        what = f"The emulator at {self.endpoint_url} (process {self.pid}) "
        if self._process is None:
            what += "answers no more."
        else:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(patience)
            what += _end(self._process.returncode)
        log = self.log_tail()
        return f"{what} Its log ends with:\n{log}" if log else what

    def release(self) -> None:
        """Let go of the lifeline: the emulator ends when all its owners have. Idempotent."""
        lifeline, self._lifeline = self._lifeline, -1
        if lifeline >= 0:
            os.close(lifeline)

    def stop(self, timeout: float = _STOP_TIMEOUT) -> None:
        """End the emulator and all that it made; idempotent.

        An emulator that this process did not start is only released. One that does not end within
        `timeout` seconds is killed, and what it left is removed from here. Raises EmulatorError
        where that is not possible.
        """
        if self._process is None:
            self.release()
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        self.release()
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        remove_remains(self.handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def start_emulator(
    options: EmulatorOptions,
    *,
    timeout: float = 30.0,
    meeting_place: Path | None = None,
    controller: int | None = None,
) -> EmulatorProcess:
    """Start an emulator in a session of its own and return it once it listens.

    It ends, with everything that it made, when this process and all others that have attached to it
    are gone, however they end; with it goes `meeting_place`, a folder in which they have found it.
    It also ends with `controller`, the id of the process that all of them work for. Raises
    EmulatorError with the end of its log where it does not listen within `timeout` seconds.
    """
    workdir = Path(tempfile.mkdtemp(prefix=WORKDIR_PREFIX))
    lifeline_path = workdir / _LIFELINE_NAME
    os.mkfifo(lifeline_path, 0o600)
    lifeline = _open_new_lifeline(lifeline_path)
    ready, ready_writer = os.pipe()
    try:
        process = _spawn(options, workdir, ready_writer, meeting_place, controller)
    finally:
        os.close(ready_writer)
    try:
        handle = _await_ready(process, workdir, ready, timeout)
    except BaseException:
        process.kill()
        process.wait()
        os.close(lifeline)
        shutil.rmtree(workdir, ignore_errors=True)
        raise
    finally:
        os.close(ready)
    return EmulatorProcess(handle, lifeline, process)


def attach_emulator(handle: EmulatorHandle) -> EmulatorProcess:
    """Share an emulator that another process has started, and keep it alive.

    Raises EmulatorError where it is gone.
    """
    path = Path(handle.workdir) / _LIFELINE_NAME
    try:
        lifeline = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise EmulatorError(f"the emulator at {handle.endpoint_url} is gone: {error}") from error
    return EmulatorProcess(handle, lifeline)


def _open_new_lifeline(path: Path) -> int:
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:  # with a reader there, opening for writing does not wait for one
        return os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    finally:
        os.close(reader)


def _spawn(
    options: EmulatorOptions,
    workdir: Path,
    ready: int,
    meeting_place: Path | None,
    controller: int | None,
) -> subprocess.Popen[bytes]:
    command = [
        *(sys.executable, "-m", "pytest_multidocker", "serve"),
        *options.to_arguments(),
        *(f"--workdir={workdir}", f"--lifeline={workdir / _LIFELINE_NAME}", f"--ready-fd={ready}"),
        *([f"--meeting-place={meeting_place}"] if meeting_place else []),
        *([f"--controller={controller}"] if controller else []),
    ]
    with (workdir / _LOG_NAME).open("ab") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(ready,),
            start_new_session=True,
            # Python looks for modules here first: a project may well have a folder named docker.
            cwd=workdir,
            env=_environment(),
        )


def _environment() -> dict[str, str]:
    """Return this process's environment, with this very package on the module path."""
    environment = dict(os.environ)
    paths = [path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]
    paths = [str(Path(path).absolute()) for path in paths]  # the child has another folder
    root = str(Path(__file__).resolve().parents[2])
    if root not in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        paths.append(root)
    if paths:
        environment["PYTHONPATH"] = os.pathsep.join(paths)
    return environment


def _await_ready(
    process: subprocess.Popen[bytes], workdir: Path, ready: int, timeout: float
) -> EmulatorHandle:
    line = _read_line(ready, timeout)
    if line.endswith(b"\n"):
        return EmulatorHandle(**json.loads(line), workdir=str(workdir))
    if process.poll() is None and line == b"":
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(1)  # end of file, so that it is ending
    log = _tail(workdir / _LOG_NAME, 20) or "(nothing)"
    ended = process.poll()
    what = f"did not listen within {timeout:g} s" if ended is None else f"ended with code {ended}"
    raise EmulatorError(f"The emulator {what}. Its log ends with:\n{log}")


def _read_line(reader: int, timeout: float) -> bytes:
    """Return what `reader` gives up to a newline, the end of file or the timeout."""
    deadline = time.monotonic() + timeout
    line = b""
    while not line.endswith(b"\n"):
        readable, _, _ = select.select([reader], [], [], max(0.0, deadline - time.monotonic()))
        part = os.read(reader, 4096) if readable else b""
        if not part:
            break
        line += part
    return line


def _end(code: int | None) -> str:
    if code is None:
        return "answers no more, but has not ended."
    if code < 0:
        return f"was ended by signal {-code} ({signal.strsignal(-code)})."
    return f"has ended with code {code}."


def _tail(log: Path, lines: int) -> str:
    try:
        text = log.read_text(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def _release(emulator: EmulatorProcess | None) -> None:
    if emulator is not None:
        emulator.release()


def remove_remains(handle: EmulatorHandle) -> None:
    """Remove what an emulator left that did not end in order; nothing otherwise.

    Raises EmulatorError where that is not possible.
    """
    if not Path(handle.workdir).exists():
        return
    if words := _sweep(handle.run_id):
        raise EmulatorError(
            f"The emulator of run {handle.run_id} ended without cleaning up, and its containers "
            f"cannot be removed: {words} Run `multidocker clean` later."
        )
    shutil.rmtree(handle.workdir, ignore_errors=True)


def _sweep(run_id: str) -> str:
    """Sweep all dead runs; return in words why something of this one is still there."""
    from pytest_multidocker.engine.status import connect
    from pytest_multidocker.engine.sweep import sweep_dead_runs
    from pytest_multidocker.engine.troubles import TROUBLES

    try:
        swept = sweep_dead_runs(connect())
    except (MultidockerError, *TROUBLES) as error:
        return str(error)
    return "\n".join(words for run in swept if run.run_id == run_id for words in run.failures)
