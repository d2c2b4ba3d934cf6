"""Runs a pipeline's commands in a shell, and tells what they write line by line."""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import final

from ..errors import PipelineError

Output = Callable[[str], None]
"""Takes one line of what a command writes, without its end."""

SILENCE = 600.0
"""Seconds without a word after which Travis CI gives a command up."""

_LOOP = (
    'while IFS= read -r -d "" command <&{take}; do '
    'eval "$command"; printf "\\n{mark} %s\\n" "$?"; done'
)
_STOP_TIMEOUT = 10.0  # seconds for a shell to end after it has been told to
_CHUNK = 65536


@final
class Shell:
    """One bash for many commands: what one exports or where it goes, the next one finds.

    As a context manager it ends the shell, with all that runs in it, at the end of the block.
    """

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        output: Output,
        *,
        silence: float = SILENCE,
    ) -> None:
        self._output = output
        self._silence = silence
        self._mark = f"multidocker-{secrets.token_hex(8)}"
        read, self._give = os.pipe()
        try:
            self._process = subprocess.Popen(
                ["bash", "-c", _LOOP.format(take=read, mark=self._mark)],
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(read,),
                start_new_session=True,  # so that all that it starts can be ended together
            )
        except OSError as error:
            os.close(self._give)
            raise PipelineError(f"bash cannot be started: {error}.") from error
        finally:
            os.close(read)

    def run(self, command: str) -> int:
        """Run a command and return its exit status, or the shell's where the command ended it.

        Raises :class:`PipelineError` for one that writes nothing for too long.
        """
        with contextlib.suppress(BrokenPipeError):  # an earlier command has ended the shell
            os.write(self._give, command.encode() + b"\0")
        held: str | None = None
        for line in self._lines():
            if line.startswith(f"{self._mark} "):
                if held:
                    self._output(held)
                return int(line.rpartition(" ")[2])
            if held is not None:
                self._output(held)
            held = line  # the line before the mark is empty, unless the command broke off in it
        if held:
            self._output(held)
        return self._process.wait(_STOP_TIMEOUT)

    @property
    def ended(self) -> bool:
        """Whether a command has ended the shell, as ``exit`` does."""
        return self._process.poll() is not None

    def close(self) -> None:
        """End the shell and what it has left running."""
        with contextlib.suppress(OSError):
            os.close(self._give)
        try:
            self._process.wait(_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._kill()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process.wait(_STOP_TIMEOUT)

    def __enter__(self) -> Shell:
        """Return the shell."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the shell; at once, if the block did not end well."""
        if error is not None:
            self._kill()
        self.close()

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _lines(self) -> Iterator[str]:
        """Yield what is written until the shell ends; the caller stops at the mark."""
        stream, rest = self._process.stdout, b""
        if stream is None:
            return
        while True:
            if not select.select([stream], [], [], self._silence)[0]:
                raise PipelineError(f"No output for {self._silence:g} s: the command is given up.")
            if not (chunk := os.read(stream.fileno(), _CHUNK)):
                break
            *lines, rest = (rest + chunk).split(b"\n")
            yield from (line.decode(errors="replace").rstrip("\r") for line in lines)
        if rest:
            yield rest.decode(errors="replace")
