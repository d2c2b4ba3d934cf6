"""What this machine is and can do, as far as an engine on it is concerned.

All of it is one class, so that a test can stand another machine in its place.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import EngineUnavailable
from .endpoint import Endpoint
from .run import runs_dir
from .status import connect_to

if TYPE_CHECKING:
    from docker import DockerClient

_SHOWN_LINES = 15
# An ordinary user's PATH, and that of some shells of root, leaves these out.
_SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")
_ANSWER = 5.0
"""Seconds for which an engine that is there may think about its first answer."""


class CommandFailed(Exception):  # noqa: N818 - says what is the case
    """A command failed; the text is the command and the end of what it printed."""


class Machine:
    """The machine that this process runs on."""

    @property
    def is_linux(self) -> bool:
        """Whether a Docker Engine can run here without a virtual machine."""
        return sys.platform == "linux"

    @property
    def is_root(self) -> bool:
        """Whether this process may install packages and start daemons."""
        return os.geteuid() == 0

    @property
    def has_systemd(self) -> bool:
        """Whether systemd runs here, as ``sd_booted(3)`` finds out."""
        return Path("/run/systemd/system").is_dir()

    @property
    def has_cgroups(self) -> bool:
        """Whether control groups are mounted, without which no container starts."""
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
        return any(line.split()[2] in {"cgroup", "cgroup2"} for line in mounts)

    @property
    def log_file(self) -> Path:
        """Where a daemon that we start writes its log."""
        return runs_dir().parent / "dockerd.log"

    @property
    def pid_file(self) -> Path:
        """Where dockerd notes its process id."""
        return Path("/var/run/docker.pid")

    def which(self, program: str) -> str | None:
        """Return the program's path, also where only root's PATH has it."""
        return shutil.which(program, path=_search_path())

    def process_name(self, pid: int) -> str | None:
        """Return the name of the process with that id, or ``None`` where there is none."""
        try:
            return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
        except OSError:
            return None

    def may_use(self, socket: Path) -> bool:
        """Whether this user may open ``socket``, or there is none."""
        return not socket.exists() or os.access(socket, os.R_OK | os.W_OK)

    def connect(self, endpoint: Endpoint) -> DockerClient | None:
        """Return a client of the engine at ``endpoint`` if it answers."""
        try:
            return connect_to(endpoint, _ANSWER)
        except EngineUnavailable:
            return None

    def run(self, command: list[str], timeout: float) -> str:
        """Run ``command`` and return its output; raise :class:`CommandFailed`."""
        shown = " ".join(command)
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=timeout,
                check=False,
                env=_environ(),
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CommandFailed(f"'{shown}' failed: {error}") from error
        if done.returncode:
            tail = "\n".join(f"  | {line}" for line in done.stdout.splitlines()[-_SHOWN_LINES:])
            raise CommandFailed(f"'{shown}' failed with exit code {done.returncode}:\n{tail}")
        return done.stdout

    def spawn(self, command: list[str], log: Path) -> subprocess.Popen[bytes]:
        """Start a daemon in a session of its own, so that it outlives this process."""
        with log.open("wb") as output:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd="/",
                env=_environ(),
            )


def _search_path() -> str:
    return os.pathsep.join([os.environ.get("PATH", os.defpath), *_SYSTEM_FOLDERS])


def _environ() -> dict[str, str]:
    return {**os.environ, "PATH": _search_path(), "DEBIAN_FRONTEND": "noninteractive"}
