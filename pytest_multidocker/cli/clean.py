"""`multidocker clean`: remove what emulators that did not end in order have left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from pytest_multidocker.engine.run import KnownRun
    from pytest_multidocker.engine.sweep import Removed

_DESCRIPTION = """\
Remove the containers, volumes, networks and iptables rules of runs whose process is gone. With
--all, also those of runs that this machine knows nothing of, such as another machine's on the same
Docker Engine.
"""
_STOP_TIMEOUT = 30.0  # seconds that a live run may take to end


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb and its options."""
    parser = subparsers.add_parser(
        "clean", help="remove what killed runs left behind", description=_DESCRIPTION
    )
    add = parser.add_argument
    add("--all", action="store_true", help="every run, live ones only with --force")
    add("--force", action="store_true", help="with --all: end live runs of this machine too")
    add("--dry-run", action="store_true", help="only say what would be removed")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Clean; return 1 where something is left that was asked for, else 0.

    Raises EngineUnavailable where Docker does not answer.
    """
    from pytest_multidocker.engine.run import known_runs
    from pytest_multidocker.engine.status import connect
    from pytest_multidocker.engine.sweep import (
        dead_runs,
        labelled_runs,
        leftovers,
        remove_run,
        sweep_dead_runs,
    )

    client = connect()

    dead = {run.id for run in dead_runs(client)}
    live = [run for run in known_runs() if run.is_alive()]
    unknown = labelled_runs(client) - dead - {run.id for run in live} if arguments.all else set()
    if arguments.dry_run:
        _report([leftovers(client, run_id) for run_id in sorted(dead | unknown)], "would remove")
        return 0
    if arguments.all and arguments.force:
        for run in live:
            _end(run)
    removed = sweep_dead_runs(client) + [remove_run(client, run_id) for run_id in sorted(unknown)]
    _report(removed, "removed")
    failed = _complain(removed)
    return (_refuse(live) if arguments.all and not arguments.force else 0) or failed


def _report(runs: list[Removed], verb: str) -> None:
    for run in runs:
        for kind in ("containers", "volumes", "networks", "rules"):
            for name in getattr(run, kind):
                print(f"{verb} {kind[:-1]} {name} (run {run.run_id})")
    if not any(runs):
        print("nothing to remove")


def _complain(removed: list[Removed]) -> int:
    failures = [(run.run_id, failure) for run in removed for failure in run.failures]
    for run_id, failure in failures:
        print(f"cannot be removed: {failure} (run {run_id})")
    return 1 if failures else 0


def _refuse(live: list[KnownRun]) -> int:
    for run in live:
        print(f"left alone: run {run.id} is live (process {run.pid}); --force ends it")
    return 1 if live else 0


def _end(run: KnownRun) -> None:
    """Ask the process of a live run to end; it cleans up itself, and the sweep does otherwise."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(run.pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_TIMEOUT
    while run.is_alive():
        if time.monotonic() > deadline:
            print(f"run {run.id} did not end: killing process {run.pid}")
            with contextlib.suppress(ProcessLookupError):
                os.kill(run.pid, signal.SIGKILL)
            return
        time.sleep(0.05)  # the kernel tells nobody that a lock of another process is free
