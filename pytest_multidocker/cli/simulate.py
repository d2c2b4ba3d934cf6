"""``multidocker simulate``: what would happen to the task of a Dockerrun file, without Docker."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import MultidockerError
from .files import find
from .seconds import seconds_in
from .selection import selection, settings_above

if TYPE_CHECKING:
    from ..dockerrun import Document
    from ..engine.identity import TaskIdentity
    from ..engine.simulated import Script
    from ..engine.simulated.simulation import Simulation
    from ..report.timeline import Story

_VERSION = 2  # the format with several containers
_UNTIL = 3600.0  # seconds
_SHOWN = 3  # files of several that a message names


class _At(NamedTuple):
    """A fault of one container, as the command line gives it: ``NAME@SECONDS``."""

    name: str
    signal: str
    second: float


def add_parser(subparsers: Any) -> None:
    """Declare the arguments."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "simulate",
        help="show what would happen to the task, without Docker",
        description="Show what would happen to the task of a Dockerrun file, without Docker.",
        epilog="Exit status: 0 the task runs at the end, or was stopped by --stop; 1 it does not, "
        "or the file has errors; 2 wrong usage, unreadable input, or a fault without effect.",
    )
    add = parser.add_argument
    add("path", nargs="?", default=".", metavar="PATH", help="a file, or a folder (default: .)")
    add("--kill", action="append", default=[], type=_signalled, metavar="NAME[:SIGNAL]@SECONDS",
        help="kill a container, with SIGKILL unless another signal is named")  # fmt: skip
    add("--oom", action="append", default=[], type=_fault, metavar="NAME@SECONDS",
        help="let a container exceed its memory limit")  # fmt: skip
    add("--stop", type=_seconds, metavar="SECONDS", help="stop the task, as StopTask does")
    add("--script", metavar="FILE", help="what the containers do, as TOML or JSON")
    add("--until", type=_seconds, default=_UNTIL, metavar="SECONDS",
        help="how long to look, if things go on (default: %(default)g)")  # fmt: skip
    add("--format", choices=("text", "json"), default="text", help="default: %(default)s")
    parser.set_defaults(run=run)


def _seconds(text: str) -> float:
    if (seconds := seconds_in(text)) is not None:
        return seconds
    raise argparse.ArgumentTypeError(f"'{text}' is no number of seconds")


def _fault(text: str) -> _At:
    name, at, seconds = text.rpartition("@")
    if not at or not name:
        raise argparse.ArgumentTypeError(f"'{text}' is not of the form NAME@SECONDS")
    return _At(name, "SIGKILL", _seconds(seconds))


def _signalled(text: str) -> _At:
    from ..engine.simulated.signals import name_of

    fault = _fault(text)
    name, colon, signal = fault.name.partition(":")
    try:
        return _At(name, name_of(signal) if colon else fault.signal, fault.second)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def run(args: argparse.Namespace) -> int:
    """Simulate the file's task, print what happens, and return the exit status."""
    from ..dockerrun import load
    from ..report.timeline import as_json, text

    file = _file(args.path)
    document = load(file)
    if _has_errors(document, file):
        return 1
    story = _simulate(document, file, args)
    sys.stdout.write(as_json(story) if args.format == "json" else text(story))
    ending = story.view.ending
    asked = args.stop is not None and ending is not None and ending.code == "UserInitiated"
    if story.view.status != "RUNNING" and not asked:
        return 1
    if story.missed:
        raise MultidockerError(f"nothing is proved by a fault without effect: {story.missed[0]}")
    return 0


def _file(path: str) -> str:
    files = find([path])
    if len(files) > 1:
        more = f" and {len(files) - _SHOWN} more" if len(files) > _SHOWN else ""
        shown = ", ".join(files[:_SHOWN])
        raise MultidockerError(f"there are several files: name one of {shown}{more}")
    return files[0]


def _has_errors(document: Document, file: str) -> bool:
    """Tell whether the contract is broken, and print how."""
    from ..report.text import line
    from ..rules import check

    names = argparse.Namespace(
        platform=None, instance_type=None, select=None, ignore=None, severity="error"
    )
    chosen = selection(names, Path(file).parent)
    found = [f for f in check(document, options=chosen.options) if chosen.shows(f)]
    for finding in found:
        print(line(finding))
    return bool(found)


def _simulate(document: Document, file: str, args: argparse.Namespace) -> Story:
    from ..dockerrun import parse
    from ..ecs.beanstalk import family
    from ..ecs.timeline import waiting
    from ..engine.simulated import placement
    from ..engine.simulated.simulation import Simulation
    from ..report.timeline import Story

    if parse(document).version != _VERSION:
        raise MultidockerError(f"{file} is not of version 2, which alone has containers to run")
    settings = settings_above(Path(file).parent)
    identity = placement.identity(
        document.value, family(Path(file).parent.resolve().name), stop_timeout=settings.stop_timeout
    )
    names = [container.name for container in identity.definition.containers]
    _require_known(args.kill, "--kill", names)
    _require_known(args.oom, "--oom", names)
    _require_room(identity, settings.instance_type)
    simulation = Simulation(identity, _scripts(args.script, names))
    _plan(simulation, args)
    goes_on = _let_it_run(simulation, args.until)
    return Story(
        file,
        simulation.entries,
        simulation.view,
        args.until if goes_on else simulation.entries[-1].at,
        waiting(simulation.state) if not goes_on else (),
        goes_on,
        simulation.missed,
    )


def _require_known(faults: Sequence[_At], option: str, names: Sequence[str]) -> None:
    from ..rules.words import nearest

    for fault in faults:
        if fault.name not in names:
            close = nearest(fault.name, list(names))
            hint = f"did you mean {close}?" if close else f"the file has {', '.join(names)}"
            raise MultidockerError(f"{option}: there is no container {fault.name}; {hint}")


def _require_room(identity: TaskIdentity, instance_type: str) -> None:
    from ..ecs.accounting import no_room
    from ..engine.simulated import placement

    try:
        failure = placement.refusal(identity.definition, instance_type)
    except KeyError:
        raise MultidockerError(f"the instance type {instance_type} is not known") from None
    if failure is not None:
        raise MultidockerError(no_room(identity.definition, instance_type, failure))


def _scripts(file: str | None, names: Sequence[str]) -> dict[str, Script]:
    if file is None:
        return {}
    from ..engine.simulated.script_file import read_scripts

    return read_scripts(Path(file), names)


def _plan(simulation: Simulation, args: argparse.Namespace) -> None:
    latest = max((*(at.second for at in (*args.kill, *args.oom)), args.stop or 0), default=0)
    if latest > args.until:
        raise MultidockerError(f"nobody looks at second {latest:g}: say --until {latest:g}")
    for name, signal, second in args.kill:
        simulation.at(second, name, partial(simulation.kill, name, signal))
    for name, _, second in args.oom:
        simulation.at(second, name, partial(simulation.oom, name))
    if args.stop is not None:
        simulation.at(args.stop, "", simulation.stop)


def _let_it_run(simulation: Simulation, until: float) -> bool:
    """Let time pass until nothing more happens or ``until``; return whether more would happen."""
    simulation.driver.run_until(lambda: False, until)
    ended = simulation.view.status == "STOPPED"
    return not ended and simulation.engine.agenda.next_time is not None
