"""``multidocker serve`` and the programs that talk to it, each started as a user would."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

TIMEOUT = 120  # seconds for anything; all of it takes a few

Json = dict[str, Any]


class Serve:
    """A ``multidocker serve`` of its own process group, with what it said at its start."""

    def __init__(self, *options: str, environment: Mapping[str, str] | None = None) -> None:
        command = [sys.executable, "-m", "pytest_multidocker", "serve", "--port=0"]
        self.process = subprocess.Popen(
            [*command, "--host-ports=ephemeral", "--stop-timeout=2", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, **(environment or {})},
        )
        assert self.process.stdout is not None
        words = self.process.stdout.readline().split()
        assert words, self.process.communicate()[1]
        self.url = words[4]
        self.run_id = words[6].strip("(). ")
        self._seen = 0

    def until(self, environment: str, message: str) -> None:
        """Wait until Elastic Beanstalk tells that of the environment, after what was waited for."""
        deadline = time.monotonic() + TIMEOUT
        stream = f"{self.url}/_multidocker/events?since={self._seen}"
        with requests.get(stream, stream=True, timeout=TIMEOUT) as events:
            for line in events.iter_lines():
                event = json.loads(line or b"{}")
                self._seen = event.get("seq", self._seen)
                if (event.get("environment"), event.get("message")) == (environment, message):
                    return
                assert time.monotonic() < deadline, f"{environment} did not tell: {message}"

    def interrupt(self) -> tuple[int, str]:
        """Press Ctrl-C; return the exit code and what was written to standard error."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
        _, errors = self.process.communicate(timeout=30)
        return self.process.returncode, errors


def pointed_at(url: str, home: Path) -> dict[str, str]:
    """Return the variables that `multidocker serve` tells its user to set, and nothing of ours."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "AWS_ENDPOINT_URL": url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_PAGER": "",
    }


class Program:
    """A command-line program of this Python's environment, or of the PATH.

    Its output is returned; that it ends with status 0, and within two minutes, is asserted.
    """

    def __init__(self, name: str, environment: Mapping[str, str], folder: Path) -> None:
        beside = Path(sys.executable).with_name(name)
        found = str(beside) if beside.exists() else shutil.which(name)
        assert found, f"the dependency groups test and clients have the program {name}"
        self._program, self._environment, self._folder = found, environment, folder

    def __call__(self, *arguments: str) -> str:
        done = self._run(*arguments)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def failing(self, *arguments: str) -> str:
        """Run it where it has to fail; return what it says."""
        done = self._run(*arguments)
        assert done.returncode != 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self._program, *arguments],
            env=self._environment,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )


class Aws:
    """The AWS CLI."""

    def __init__(self, url: str, home: Path) -> None:
        self.text = Program("aws", pointed_at(url, home), home)

    def __call__(self, *arguments: str) -> Json:
        """Run a command and return its answer; an empty object where it says nothing."""
        output = self.text(*arguments)
        return dict(json.loads(output)) if output.strip() else {}
