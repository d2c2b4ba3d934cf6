"""``multidocker engine``: which Docker Engine answers, and having one."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..engine.status import EngineStatus

_STATUS = """\
Say which engine answers and what it can do. Exit status: 0 it can run tasks, 1 it cannot, or none
answers.
"""
_UP = """\
Leave an engine that answers alone; else start the installed dockerd, with systemd or without. With
--install, the distribution's package is installed first, as root on Debian and Ubuntu.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb, its own verbs and their options."""
    parser = subparsers.add_parser("engine", help="find, start or install a Docker Engine")
    verbs = parser.add_subparsers(dest="engine_verb", required=True, metavar="VERB")

    status = verbs.add_parser("status", help="say which engine answers", description=_STATUS)
    status.add_argument("--json", action="store_true", help="as one JSON object")

    up = verbs.add_parser("up", help="have an engine that answers", description=_UP)
    up.add_argument("--install", action="store_true", help="install the package if it is missing")
    up.add_argument(
        "--wait",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="how long a started engine may take to answer (%(default)g)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the chosen verb; return the exit code. ``up`` raises EngineUnavailable."""
    return _status(as_json=args.json) if args.engine_verb == "status" else _up(args)


def _status(*, as_json: bool) -> int:
    from ..engine.status import connect, read_status
    from ..errors import EngineUnavailable

    try:
        with closing(connect()) as client:
            status = read_status(client)
    except EngineUnavailable as error:
        sys.stdout.write(json.dumps({"error": str(error)}) + "\n" if as_json else f"{error}\n")
        return 1
    sys.stdout.write(_as_json(status) if as_json else describe(status))
    return 1 if status.problems else 0


def _up(args: argparse.Namespace) -> int:
    from ..engine.installation import bring_up

    outcome = bring_up(install=args.install, wait=args.wait, progress=_say)
    did = "is up" if outcome.started else "answers already; nothing to do"
    _say(f"Docker Engine {outcome.status.version} at {outcome.status.endpoint.host} {did}")
    return 0


def describe(status: EngineStatus) -> str:
    """Return the status as aligned lines, problems last."""
    rows = {
        "engine": f"Docker {status.version} (API {status.api_version})",
        "at": f"{status.endpoint.host} ({status.endpoint.source})",
        "machine": f"{status.operating_system}, {status.cpus} CPUs, {status.memory} MiB",
        "storage": status.storage,
        "control groups": f"version {status.cgroup_version}",
        "memory limits": "yes" if status.memory_limit else "no",
        "swap accounting": "yes" if status.swap_accounting else "no",
        "default bridge": status.default_bridge or "none",
    }
    lines = [f"{name + ':':<17}{value}" for name, value in rows.items()]
    return "\n".join([*lines, *(f"problem: {problem}" for problem in status.problems)]) + "\n"


def _as_json(status: EngineStatus) -> str:
    values = dataclasses.asdict(status)
    values["endpoint"] = {"host": status.endpoint.host, "source": status.endpoint.source}
    return json.dumps({**values, "problems": status.problems}, indent=2) + "\n"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
